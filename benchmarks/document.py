"""The page of the figures: each benchmark writes its own part of it."""

from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def write(part: str, text: str) -> None:
    """Between the part's two marks; where these are not, nothing is written."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    before, found, rest = page.partition(begin)
    if found and end in rest:
        after = rest.partition(end)[2]
        PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
