# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""Local files onto the server: a prompt's text as a version, its golden examples, its policy.

What is there already is used again: a version by its content, an example by all its fields, a
policy by its hash. Nothing on the server is changed or removed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from app.cli.server import Server
from app.cli.terminal import counted
from app.embedded.errors import Misconfigured

if TYPE_CHECKING:
    from app.golden.importing import ParsedExample
    from app.verdicts.policy import Policy

FIELDS = [
    "input_data",
    "expected_output",
    "context",
    "criteria",
    "tags",
    "split",
    "weight",
    "critical",
    "source",
]
MOST_IDS = 10_000  # the API takes no longer list of examples
SHOWN_ROWS = 20
TAKEN = "name_taken"  # the server's code for a name that is there already


class Pushed(NamedTuple):
    """A version on the server; `new` is one that was not there before."""

    id: str
    number: int
    new: bool


@dataclass(frozen=True)
class _Variables:
    required: frozenset[str]
    optional: frozenset[str]


def find_prompt(server: Server, name: str) -> dict[str, Any] | None:
    from llmops.errors import ApiError

    try:
        found: dict[str, Any] = server.get(f"/prompts/named/{quote(name)}")
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return found


def get_prompt(server: Server, name: str) -> dict[str, Any]:
    """Raises Misconfigured for one that is not there."""
    found = find_prompt(server, name)
    if found is None:
        raise Misconfigured(f"There is no prompt {name!r} at {server.url}.")
    return found


def ensure_prompt(server: Server, name: str) -> dict[str, Any]:
    """The prompt, made if there is none; another job that makes it meanwhile is as good."""
    from llmops.errors import ApiError

    found = find_prompt(server, name)
    if found is not None:
        return found
    try:
        return dict(server.post("/prompts", {"name": name}))
    except ApiError as error:
        if error.code != TAKEN:
            raise
        return get_prompt(server, name)


def push_version(
    server: Server, prompt_id: str, content: Mapping[str, Any], *, message: str, file: str
) -> Pushed:
    """Saves the content as the next version, or finds the one that says exactly this."""
    from llmops.errors import ApiError

    try:
        made = server.post(f"/prompts/{prompt_id}/versions", {**content, "message": message[:2000]})
    except ApiError as error:
        if error.code == "same_content":
            return Pushed(str(error.extra["version_id"]), int(error.extra["number"]), new=False)
        if error.status == 422:
            line = error.extra.get("line")
            place = f"{file}, line {line} of its text" if line else file
            raise Misconfigured(f"{place}: {error}") from None
        raise
    return Pushed(str(made["id"]), int(made["number"]), new=True)


def push_gate(server: Server, prompt_id: str, policy: "Policy") -> str:
    """The name of a gate with exactly this policy: `ci-` and its hash, so that it never changes."""
    from llmops.errors import ApiError

    told = policy.model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]
    name = f"ci-{digest}"
    there = (gate["name"] for gate in server.pages("/gates", prompt=prompt_id))
    if name not in there:
        body = {
            "prompt_id": prompt_id,
            "name": name,
            "policy": told,
            "message": "From llmops.yaml; protects no label.",
        }
        try:
            server.post("/gates", body)
        except ApiError as error:
            if error.code != TAKEN:  # another job has just made the same
                raise
    return name


# --- golden examples ---


class Golden(NamedTuple):
    """Which examples on the server are those of the files; None: all there are."""

    ids: list[str] | None
    added: int
    others: int  # on the server, and in none of the files


def push_golden(server: Server, prompt_id: str, files: Sequence[Path]) -> Golden:
    """Adds the examples of the files that the server does not have.

    Raises Misconfigured naming each bad row, before anything is stored.
    """
    wanted = _parsed(files, _variables(server, prompt_id))
    path = f"/prompts/{prompt_id}/golden-examples"
    missing = Counter(wanted) - Counter(map(_identity, server.pages(path)))
    rows = list(missing.elements())
    if rows:
        lines = "\n".join(rows).encode()
        upload = {"file": ("golden.jsonl", lines, "application/jsonl")}
        server.http.call("POST", f"{path}/import", files=upload)
    left, ids, others = Counter(wanted), [], 0
    for example in server.pages(path):
        identity = _identity(example)
        if left[identity]:
            left[identity] -= 1
            ids.append(str(example["id"]))
        else:
            others += 1
    if len(ids) > MOST_IDS and others:
        raise Misconfigured(
            f"The server has {counted(others, 'golden example')} that the files lack, and the "
            f"files hold more than {MOST_IDS:,}: remove them on the server, or add them here."
        )
    return Golden(ids if others else None, len(rows), others)


def _variables(server: Server, prompt_id: str) -> _Variables:
    """As an import takes them: the newest version's, and optional those only an older one reads."""
    newest, *older = [
        version["variables"] for version in server.pages(f"/prompts/{prompt_id}/versions")
    ]
    required = {variable["name"] for variable in newest if variable["required"]}
    names = {variable["name"] for variables in (newest, *older) for variable in variables}
    return _Variables(frozenset(required), frozenset(names - required))


def _parsed(files: Sequence[Path], variables: _Variables) -> list[str]:
    from app.golden.importing import ImportRefused, parse

    found: list[str] = []
    for file in files:
        try:
            with file.open("rb") as content:
                parsed = parse(content, variables=variables)
        except OSError as error:
            raise Misconfigured(f"{file} cannot be read: {error.strerror}.") from None
        except ImportRefused as error:
            raise Misconfigured(f"{file}: {error}") from None
        if parsed.errors:
            told = [
                f"{file}:{row}: {f'{field}: ' if field else ''}{message}"
                for row, field, message in parsed.errors[:SHOWN_ROWS]
            ]
            more = len(parsed.errors) - SHOWN_ROWS
            raise Misconfigured("\n".join([*told, *([f"(and {more} more)"] if more > 0 else [])]))
        found += [_identity(_plain(example)) for example in parsed.rows]
    if not found:
        raise Misconfigured(f"{files[0]} has no golden example; an empty set proves nothing.")
    return found


def _plain(example: "ParsedExample") -> dict[str, Any]:
    return {**asdict(example), "split": example.split or "test"}


def _identity(example: Mapping[str, Any]) -> str:
    """All that makes two examples the same, as one line of JSON that an import reads."""
    fields = {name: example[name] for name in FIELDS}
    fields["weight"] = float(fields["weight"])
    fields["tags"] = list(dict.fromkeys(fields["tags"]))
    return json.dumps(fields, sort_keys=True, ensure_ascii=False)
