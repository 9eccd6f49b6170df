"""The house's own rules, as far as a machine can see them: `python -m scripts.house_rules`.

Each finding is one line, `path:line: rule: what to do`; exit code 1 when there is one. Where a rule
does more harm than good, a comment on the line says so: `# house: <rule> - <reason>`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from scripts.house_source import Finding, Source

ROOT = Path(__file__).resolve().parents[1]

FILE_LINES = 400
FUNCTION_LINES = 60
VAGUE_NAMES = frozenset({"utils", "helpers", "common", "manager", "base_service"})
COMMIT_HOME = frozenset({"app/core/database.py", "alembic/env.py"})
ENVIRON_HOME = ("app/core/config.py", "app/cli/", "app/embedded/", "scripts/", "tests/")

# In pieces, or this file would find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.~*])/(?:" + r"work|root|home)(?:/|\b)")
WORKSHOP_WORDS = re.compile(
    r"\b(?:sub-?agents?|shared/" + r"design|(?:coding|helper|assistant) (?:agent|session)s?)\b",
    re.IGNORECASE,
)
# Possessive: what stands behind the last of its codes counts.
UNEXPLAINED = re.compile(
    r"(?>\bnoqa(?:: *[A-Z]+\d+(?:, *[A-Z]+\d+)*)?"
    r"|\btype: *ignore(?:\[[\w, -]+\])?|\bpragma: no (?:cover|branch))(?! - \w| # \w)"
)
WAIVER = re.compile(r"# house: ([a-z-]+) - ((?:\S+ +){2}\S)")  # the reason has three words or more


Rule = Callable[[Source], Iterator[Finding]]


def file_length(source: Source) -> Iterator[Finding]:
    """Migrations are written by a tool and may be long."""
    if source.is_code and source.place.parts[0] != "alembic" and len(source.lines) > FILE_LINES:
        yield source.finding(
            FILE_LINES + 1,
            "file-length",
            f"{len(source.lines)} lines; split it by content, {FILE_LINES} are the most",
        )


def function_length(source: Source) -> Iterator[Finding]:
    if not source.is_code or source.path.startswith("alembic/versions/"):
        return
    for node in source.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield source.finding(
                    node.lineno,
                    "function-length",
                    f"{node.name} has {length} lines; take a step out of it, "
                    f"{FUNCTION_LINES} are the most",
                )


def module_name(source: Source) -> Iterator[Finding]:
    if source.place.suffix != ".py":
        return
    for part in (*source.place.parts[:-1], source.place.stem):
        if part in VAGUE_NAMES:
            yield source.finding(1, "module-name", f"name {part} for what it holds")
    if _top_level_name(source.place) in sys.stdlib_module_names:
        yield source.finding(
            1,
            "module-name",
            f"{_top_level_name(source.place)} hides the standard library's; give it another name",
        )


def _top_level_name(place: PurePosixPath) -> str:
    """The name a plain `import` would find: below the root, or beside a script run by its path."""
    first, *rest = place.parts
    if first == "scripts" and rest:
        first = rest[0]
    return PurePosixPath(first).stem


def broad_except(source: Source) -> Iterator[Finding]:
    """A handler that swallows everything says why; one that raises again swallows nothing."""
    if not source.is_code:
        return
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node):
            near = range(node.lineno - 1, node.body[0].lineno)  # above, on, or just below the line
            comment = " ".join(source.comments.get(line, "") for line in near)
            reason = re.sub(r"#|noqa: *[A-Z0-9, ]+|type: *ignore\S*|\W", " ", comment)
            if len(reason.split()) < 3:
                yield source.finding(
                    node.lineno,
                    "broad-except",
                    "catch what can happen, or say in a comment beside it why everything",
                )


def exemption(source: Source) -> Iterator[Finding]:
    if source.place.suffix != ".py":
        return
    for number, line in enumerate(source.lines, start=1):
        if UNEXPLAINED.search(line) and UNEXPLAINED.search(source.comments.get(number, "")):
            yield source.finding(
                number,
                "exemption",
                "say why in the same comment: `# noqa: X - why`, `# type: ignore[x] # why`",
            )


def _is_broad(node: ast.ExceptHandler) -> bool:
    return node.type is None or any(
        isinstance(part, ast.Name) and part.id in {"Exception", "BaseException"}
        for part in ast.walk(node.type)
    )


def _raises_again(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def commit(source: Source) -> Iterator[Finding]:
    if not source.is_code or source.path in COMMIT_HOME:
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
        ):
            yield source.finding(
                node.lineno, "commit", "use unit_of_work(); the commit stands in core/database.py"
            )


def environ(source: Source) -> Iterator[Finding]:
    if not source.is_code or source.path.startswith(ENVIRON_HOME):
        return
    for node in source.nodes:
        direct = isinstance(node, ast.Attribute) and (
            isinstance(node.value, ast.Name)
            and (node.value.id, node.attr) in {("os", "environ"), ("os", "getenv")}
        )
        imported = isinstance(node, ast.ImportFrom) and (
            node.module == "os" and {"environ", "getenv"} & {name.name for name in node.names}
        )
        if isinstance(node, (ast.Attribute, ast.ImportFrom)) and (direct or imported):
            yield source.finding(
                node.lineno, "environ", "make it a setting in core/config.py and ask get_settings()"
            )


def left_behind(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, start=1):
        if MACHINE_PATHS.search(line):
            yield source.finding(number, "machine-path", "compute the path from the project's root")
        if WORKSHOP_WORDS.search(line):
            yield source.finding(
                number, "workshop-word", "say what the code does, not how it came about"
            )


def asserts(source: Source) -> Iterator[Finding]:
    if not source.is_test:
        return
    tests = [
        node
        for node in source.nodes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    ]
    proven = any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr in {"raises", "warns"})
        or (isinstance(node, ast.Name) and node.id == "expect")  # of a page: it waits, then raises
        for node in source.nodes
    )
    if tests and not proven:
        yield source.finding(
            tests[0].lineno, "no-assertion", "assert what the docstring promises, or delete it"
        )


RULES: tuple[Rule, ...] = (
    file_length,
    function_length,
    module_name,
    broad_except,
    exemption,
    commit,
    environ,
    left_behind,
    asserts,
)


def tracked(root: Path) -> list[str]:
    """The project's files: what git knows and does not ignore; without git, all of them."""
    if not (root / ".git").exists():
        found = (path for path in sorted(root.rglob("*")) if path.is_file())
        return [path.relative_to(root).as_posix() for path in found]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - git is where it is
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(path for path in listed.stdout.split("\0") if path and (root / path).is_file())


def findings(root: Path) -> Iterator[Finding]:
    """What is against the rules, by file and then by rule."""
    for path in tracked(root):
        try:
            source = Source(root, path)
        except UnicodeDecodeError:  # a picture or an archive holds no words of ours
            continue
        for rule in RULES:
            yield from (found for found in rule(source) if not _waived(source, found))


def _waived(source: Source, found: Finding) -> bool:
    waiver = WAIVER.search(source.lines[found.line - 1]) if source.lines else None
    return waiver is not None and waiver[1] == found.rule


def main() -> int:
    found = list(findings(ROOT))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
