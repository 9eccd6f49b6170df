"""`-o FILE`: the result as files, their format by the name's ending."""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.server import Server
from app.embedded.errors import CannotStart, Misconfigured
from app.reports.inert import one_line

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
# an error, or a build's page would take it for a pass
NOT_COMPLETE = """<?xml version="1.0" encoding="utf-8"?>
<testsuites tests="1" errors="1">
<testsuite name="{prompt}" tests="1" errors="1">
<testcase classname="{prompt}" name="verdict"><error message="{said}"/></testcase>
</testsuite>
</testsuites>
"""

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
    """`one_of_many` results get files of their own, as `named` calls them."""
    experiment_id = result["experiment_id"]
    for file in files:
        place = named(file, result) if one_of_many else file
        form = FORMATS[_ending(file)]
        if form == "json":
            text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
        elif experiment_id is None or result["status"] is None:
            text = _without_cases(form, result)
        else:
            text = _text(server.get(f"/experiments/{experiment_id}/export", format=form))
        try:
            place.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CannotStart(f"{place} cannot be written: {error.strerror}.") from None


def _text(body: Any) -> str:  # noqa: ANN401 - text, or bytes of a type the client does not know
    return body.decode("utf-8") if isinstance(body, bytes) else str(body)


def _without_cases(form: str, result: Mapping[str, Any]) -> str:
    said = escape(one_line(str(result["sentence"])))
    if form == "junit" and result.get("exit_code"):
        return NOT_COMPLETE.format(prompt=escape(called(result)), said=said)
    return NOTHING_RAN.get(form, "").format(said)


def called(result: Mapping[str, Any]) -> str:
    """Its prompt, and its model where a gate asks several."""
    model = result.get("model")
    return f"{result['prompt']} on {model}" if model else str(result["prompt"])


def named(file: Path, result: Mapping[str, Any]) -> Path:
    """`gate.support-answer.md`; of several models also `gate.support-answer.openai-gpt-5.md`."""
    ending = _ending(file)
    words = (result["prompt"], result.get("model"))
    own = [re.sub(r"[^\w.-]", "-", str(word)) for word in words if word]
    return file.with_name(f"{'.'.join([file.name.removesuffix(ending), *own])}{ending}")


def _ending(file: Path) -> str:
    found = next((ending for ending in FORMATS if file.name.endswith(ending)), None)
    if found is None:
        raise Misconfigured(
            f"What should {file} be? Its name ends in none of: {', '.join(FORMATS)}."
        )
    return found
