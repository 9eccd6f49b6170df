"""`judge:<name>` and `judge:<name>@<number>` in a list of evaluators: what they stand for."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.errors import invalid
from app.models import Judge, JudgeVersion

PREFIX = "judge:"
OF_JUDGES = {"judge", "judge_model"}  # what a frozen evaluator says only if it was a judge
LARGEST_NUMBER = 2**31 - 1  # of PostgreSQL's integer


class Wanted(NamedTuple):
    """Without a number: the newest version."""

    name: str
    number: int | None


def resolved(
    session: Session, subject: Subject, evaluators: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The same list, every judge replaced by the evaluator, options and model it is made of.

    A judge's entry also says which one it was: `judge: {name, number}`. Raises a 422 that names
    the judge there is not.
    """
    return [
        _judge(session, subject, entry, f"#/evaluators/{position}")
        if entry["name"].startswith(PREFIX)
        else entry
        for position, entry in enumerate(evaluators)
    ]


def _judge(
    session: Session, subject: Subject, entry: Mapping[str, Any], pointer: str
) -> dict[str, Any]:
    if entry.get("options"):
        raise invalid(pointer, "A judge's options are its own; make a new version of it instead.")
    wanted = _wanted(entry["name"], pointer)
    found = session.execute(
        select(JudgeVersion, Judge.archived_at)
        .join(Judge, Judge.id == JudgeVersion.judge_id)
        .where(
            Judge.workspace_id == subject.workspace_id,
            Judge.name == wanted.name,
            JudgeVersion.number
            == (Judge.latest_number if wanted.number is None else wanted.number),
        )
    ).one_or_none()
    if found is None:
        raise invalid(
            pointer,
            f"There is no {entry['name']!r}; GET /judges lists the judges and their versions.",
            code="unknown_judge",
        )
    version, archived_at = found
    if archived_at is not None:
        raise invalid(pointer, f"The judge {wanted.name!r} is archived; choose another one.")
    frozen = {
        "name": version.evaluator,
        "options": version.options,
        "judge": {"name": wanted.name, "number": version.number},
    }
    return frozen | ({"judge_model": version.model} if version.model else {})


def _wanted(reference: str, pointer: str) -> Wanted:
    name, at, number = reference.removeprefix(PREFIX).partition("@")
    if not at:
        return Wanted(name, None)
    if not (number.isascii() and number.isdecimal() and len(number) <= len(str(LARGEST_NUMBER))):
        raise invalid(pointer, f"Write {PREFIX}{name}@2 for the second version of a judge.")
    return Wanted(name, min(int(number), LARGEST_NUMBER))
