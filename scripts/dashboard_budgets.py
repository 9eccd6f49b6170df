"""What the built dashboard may weigh on the wire, and rules its sources keep.

`python -m scripts.dashboard_budgets`; sizes are gzipped, as the server sends them. Exit code 1 when
a budget or a rule is broken.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "app" / "web"
SOURCES = ROOT / "frontend" / "src"

KIB = 1024
FIRST_LOAD = 170 * KIB
ROUTE = 25 * KIB
HEAVY = 120 * KIB  # the editor, and what draws charts
STYLES = 12 * KIB
HEAVY_NAMES = ("editor", "chart")
FOREIGN = "cm-"  # set by CodeMirror
EFFECTS_PER_1000_LINES = 4  # for what lies outside React: sockets, storage, the document

Manifest = dict[str, dict[str, object]]


def packed(name: str) -> int:
    return len(gzip.compress((BUILT / name).read_bytes(), 9))


def reach(manifest: Manifest, start: str) -> set[str]:
    """The files that come with a chunk, by static imports."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        imports = manifest[key].get("imports")
        waiting.extend(imports if isinstance(imports, list) else [])
    return seen


def weight(manifest: Manifest, keys: set[str]) -> int:
    return sum(packed(str(manifest[key]["file"])) for key in keys)


def sizes(manifest: Manifest) -> Iterator[tuple[str, int, int]]:
    """(what, bytes, most) of everything that has a budget."""
    entry = next(key for key, chunk in manifest.items() if chunk.get("isEntry"))
    first = reach(manifest, entry)
    yield "first load, scripts", weight(manifest, first), FIRST_LOAD
    styles = {str(path.relative_to(BUILT)) for path in (BUILT / "assets").glob("*.css")}
    yield "styles", sum(packed(name) for name in styles), STYLES
    for key, chunk in sorted(manifest.items()):
        if key in first or not str(chunk["file"]).endswith(".js"):
            continue
        heavy = any(name in str(chunk["file"]).lower() for name in HEAVY_NAMES)
        yield str(chunk["file"]), packed(str(chunk["file"])), HEAVY if heavy else ROUTE


def breaches(manifest: Manifest) -> Iterator[str]:
    for what, size, most in sizes(manifest):
        if size > most:
            yield f"{what}: {size / KIB:.1f} KiB, {most / KIB:.0f} are the most"


def unused_classes() -> Iterator[str]:
    """Classes that a stylesheet dresses and nothing wears; the editor's library sets its own."""
    text = "".join(path.read_text() for path in SOURCES.rglob("*.ts*") if ".test." not in path.name)
    for sheet in sorted((SOURCES / "styles").glob("*.css")):
        bare = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        rules = re.findall(r"([^{}]+)\{", bare)
        for name in sorted(set(re.findall(r"\.([a-z][\w-]*)", " ".join(rules)))):
            if not name.startswith(FOREIGN) and not worn(name, text):
                yield f"{sheet.relative_to(ROOT)}: .{name} is worn by nothing; remove its rules"


def worn(name: str, text: str) -> bool:
    """As a whole word, or put together in a template: `chip--${kind}`, `part__${kind}`."""
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
        return True
    stem = re.sub(r"[^-_]+$", "", name)
    return bool(stem) and bool(re.search(rf"(?<![\w-]){re.escape(stem)}\$\{{", text))


def effects() -> Iterator[str]:
    lines = found = 0
    for path in SOURCES.rglob("*.ts*"):
        if ".test." in path.name or path.name.endswith(".d.ts"):
            continue
        text = path.read_text()
        lines += text.count("\n")
        found += len(re.findall(r"\buseEffect\(", text))
    most = lines * EFFECTS_PER_1000_LINES / 1000
    if found > most:
        yield f"{found} useEffect in {lines} lines, {most:.0f} are the most; derive instead"


def main() -> None:
    manifest: Manifest = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    if "--table" in sys.argv:
        for what, size, most in sizes(manifest):
            print(f"{what:48} {size / KIB:7.1f} KiB of {most / KIB:4.0f}")
    findings = [*breaches(manifest), *unused_classes(), *effects()]
    for finding in findings:
        print(finding)
    raise SystemExit(1 if findings else 0)


if __name__ == "__main__":
    main()
