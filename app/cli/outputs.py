"""`-o FILE`: the result as files, their format by the name's ending."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.server import Server
from app.embedded.errors import CannotStart, Misconfigured

# longest first: `.junit.xml` also ends in `.xml`
FORMATS = {
    ".junit.xml": "junit",
    ".xml": "junit",
    ".jsonl": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".html": "html",
}

# where both sides are the same there are no cases to tell of; what reads the file still can
NOTHING_RAN = {
    "junit": '<?xml version="1.0" encoding="utf-8"?>\n<testsuites tests="0"/>\n',
    "markdown": "{}\n",
    "html": "<!doctype html>\n<title>Nothing ran</title>\n<p>{}</p>\n",
}

OutputOption = Annotated[
    list[Path],
    typer.Option(
        "--output",
        "-o",
        help="Write the result there too; .json, .jsonl, .csv, .md, .html or .junit.xml.",
    ),
]


def check(files: Sequence[Path]) -> None:
    """Before anything is paid for: raises Misconfigured for an ending or a folder there is not."""
    for file in files:
        _ending(file)
        if not file.parent.is_dir():
            raise Misconfigured(f"There is no folder {file.parent} to write {file.name} in.")


def write(
    server: Server, result: Mapping[str, Any], files: Sequence[Path], *, one_of_many: bool
) -> None:
    """`one_of_many` results get the prompt's name into the file's: `report.support-answer.md`."""
    experiment_id = result["experiment_id"]
    for file in files:
        place = _named(file, str(result["prompt"])) if one_of_many else file
        form = FORMATS[_ending(file)]
        if form == "json":
            text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
        elif experiment_id is None:
            text = NOTHING_RAN.get(form, "").format(escape(str(result["sentence"])))
        else:
            text = _text(server.get(f"/experiments/{experiment_id}/export", format=form))
        try:
            place.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CannotStart(f"{place} cannot be written: {error.strerror}.") from None


def _text(body: Any) -> str:  # noqa: ANN401 - text, or bytes of a type the client does not know
    return body.decode("utf-8") if isinstance(body, bytes) else str(body)


def _named(file: Path, prompt: str) -> Path:
    ending = _ending(file)
    return file.with_name(f"{file.name.removesuffix(ending)}.{prompt.replace('/', '-')}{ending}")


def _ending(file: Path) -> str:
    found = next((ending for ending in FORMATS if file.name.endswith(ending)), None)
    if found is None:
        raise Misconfigured(
            f"What should {file} be? Its name ends in none of: {', '.join(FORMATS)}."
        )
    return found
