"""One box that finds anything by name or text: one statement for each kind, best matches first.

Exact names come before those that begin so, then parts of a path that do, then the rest. Text is
looked for in the newest rows only: without an index for it, this is what keeps an answer quick.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.subject import Subject
from app.models import (
    ON_BEHALF,
    Experiment,
    Gate,
    GoldenExample,
    Judge,
    Prompt,
    PromptAlias,
    PromptVersion,
)

FEW = 5  # of each kind but prompts, so that no kind hides the others
NEWEST = 3_000  # versions and examples whose text is looked at: 30 ms each
MATCHES = 100  # of those, before archived prompts' are left out
SHORTEST_ID = 4  # characters of an id that say something
LONGEST = 160

Statement = Select[*tuple[Any, ...]]


class Hit(NamedTuple):
    kind: str
    id: UUID
    title: str
    detail: str
    url: str


class Wanted(NamedTuple):
    """What is looked for: as typed, and escaped for ILIKE."""

    text: str
    pattern: str

    @classmethod
    def of(cls, q: str) -> "Wanted":
        text = " ".join(q.split())
        return cls(text, text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))

    def within(self, column: ColumnElement[str] | InstrumentedAttribute[Any]) -> Any:  # noqa: ANN401 - ColumnElement[bool], which mypy loses on a union
        return column.ilike(f"%{self.pattern}%", escape="\\")

    def rank(self, name: InstrumentedAttribute[str]) -> ColumnElement[int]:
        """0 for the name itself; the lower, the better."""
        return case(
            (func.lower(name) == self.text.lower(), 0),
            (name.ilike(f"{self.pattern}%", escape="\\"), 1),
            (name.ilike(f"%/{self.pattern}%", escape="\\"), 2),
            (self.within(name), 3),
            else_=4,
        )

    @property
    def id_prefix(self) -> str | None:
        found = self.text.lower()
        plain = found.replace("-", "")
        is_hex = plain and set(plain) <= set("0123456789abcdef")
        return found if is_hex and len(plain) >= SHORTEST_ID else None


def find(session: Session, subject: Subject, *, q: str, limit: int) -> list[Hit]:
    """At most `limit`, prompts first; nothing for a text of spaces."""
    wanted = Wanted.of(q)
    if not wanted.text:
        return []
    found: list[Hit] = []
    for statement, hit in _kinds(subject, wanted, limit):
        found += [hit(row) for row in session.execute(statement)]
    return found[:limit]


def _kinds(
    subject: Subject, wanted: Wanted, limit: int
) -> Iterator[tuple[Statement, Callable[[Row[*tuple[Any, ...]]], Hit]]]:
    few = min(limit, FEW)
    yield _prompts(subject, wanted).limit(min(limit, 2 * FEW)), _prompt_hit
    yield _experiments(subject, wanted).limit(few), _experiment_hit
    yield _versions(subject, wanted).limit(few), _version_hit
    yield _judges(subject, wanted).limit(few), _judge_hit
    yield _gates(subject, wanted).limit(few), _gate_hit
    yield _examples(subject, wanted).limit(few), _example_hit


def _prompts(subject: Subject, wanted: Wanted) -> Statement:
    former = exists().where(
        PromptAlias.workspace_id == subject.workspace_id,
        PromptAlias.prompt_id == Prompt.id,
        wanted.within(PromptAlias.name),
    )
    tags = func.array_to_string(Prompt.tags, "\n", type_=SqlText())
    return (
        select(Prompt.id, Prompt.name, Prompt.description, Prompt.latest_number)
        .where(
            Prompt.workspace_id == subject.workspace_id,
            Prompt.archived_at.is_(None),
            or_(
                wanted.within(Prompt.name),
                wanted.within(Prompt.description),
                wanted.within(tags),
                former,
            ),
        )
        .order_by(wanted.rank(Prompt.name), Prompt.name)
    )


def _prompt_hit(row: Row[*tuple[Any, ...]]) -> Hit:
    count = row.latest_number
    versions = f"{count} version{'' if count == 1 else 's'}"
    return Hit("prompt", row.id, row.name, _short(row.description) or versions, _at(row.name))


def _experiments(subject: Subject, wanted: Wanted) -> Statement:
    named = and_(wanted.within(Experiment.name), Experiment.trigger.not_in(ON_BEHALF))
    first: list[ColumnElement[bool]] = []
    if wanted.id_prefix:
        first = [cast(Experiment.id, SqlText()).startswith(wanted.id_prefix, autoescape=True)]
    return (
        select(Experiment.id, Experiment.name, Experiment.status, Prompt.name.label("prompt"))
        .join(
            Prompt,
            and_(Prompt.workspace_id == subject.workspace_id, Prompt.id == Experiment.prompt_id),
        )
        .where(Experiment.workspace_id == subject.workspace_id, or_(named, *first))
        .order_by(
            *(found.desc() for found in first),
            wanted.rank(Experiment.name),
            Experiment.id.desc(),
        )
    )


def _experiment_hit(row: Row[*tuple[Any, ...]]) -> Hit:
    detail = f"{row.prompt} · {row.status.replace('_', ' ')}"
    return Hit("experiment", row.id, row.name, detail, f"/experiments/{row.id}")


def _versions(subject: Subject, wanted: Wanted) -> Statement:
    """By commit message or text, of prompts that are not archived."""
    said = _values(PromptVersion.messages, "$[*].content")
    newest = (
        select(
            PromptVersion.id,
            PromptVersion.prompt_id,
            PromptVersion.number,
            PromptVersion.message,
            func.coalesce(PromptVersion.template, said).label("text"),
        )
        .where(PromptVersion.workspace_id == subject.workspace_id)
        .order_by(PromptVersion.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    by_message = wanted.within(newest.c.message)
    matches = (
        select(newest, by_message.label("by_message"))
        .where(or_(by_message, wanted.within(newest.c.text)))
        .order_by(by_message.desc(), newest.c.id.desc())
    )
    return _of_prompts(subject, matches, "by_message", "id")


def _version_hit(row: Row[*tuple[Any, ...]]) -> Hit:
    detail = row.message if row.by_message else row.text
    return Hit(
        "version",
        row.id,
        f"{row.name} v{row.number}",
        _short(detail),
        f"{_at(row.name)}?v={row.number}",
    )


def _judges(subject: Subject, wanted: Wanted) -> Statement:
    return (
        select(Judge.id, Judge.name, Judge.description)
        .where(
            Judge.workspace_id == subject.workspace_id,
            Judge.archived_at.is_(None),
            or_(wanted.within(Judge.name), wanted.within(Judge.description)),
        )
        .order_by(wanted.rank(Judge.name), Judge.name)
    )


def _judge_hit(row: Row[*tuple[Any, ...]]) -> Hit:
    return Hit("judge", row.id, row.name, _short(row.description), f"/evaluations/judges/{row.id}")


def _gates(subject: Subject, wanted: Wanted) -> Statement:
    return (
        select(Gate.id, Gate.name, Gate.label, Prompt.name.label("prompt"))
        .join(
            Prompt,
            and_(Prompt.workspace_id == subject.workspace_id, Prompt.id == Gate.prompt_id),
        )
        .where(
            Gate.workspace_id == subject.workspace_id,
            Gate.archived_at.is_(None),
            wanted.within(Gate.name),
        )
        .order_by(wanted.rank(Gate.name), Gate.name, Prompt.name)
    )


def _gate_hit(row: Row[*tuple[Any, ...]]) -> Hit:
    detail = f"{row.prompt} · protects {row.label}" if row.label else row.prompt
    return Hit("gate", row.id, row.name, detail, "/settings/gates")


def _examples(subject: Subject, wanted: Wanted) -> Statement:
    """By the texts of their inputs, of prompts that are not archived."""
    newest = (
        select(
            GoldenExample.id,
            GoldenExample.prompt_id,
            _values(GoldenExample.input_data, "$.*").label("inputs"),
        )
        .where(GoldenExample.workspace_id == subject.workspace_id)
        .order_by(GoldenExample.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    matches = select(newest).where(wanted.within(newest.c.inputs)).order_by(newest.c.id.desc())
    return _of_prompts(subject, matches, "id")


def _of_prompts(subject: Subject, matches: Statement, *order: str) -> Statement:
    """With the name of their prompt.

    Few rows are joined: a planner without statistics may otherwise look at every text once for
    every prompt, which takes a minute instead of 30 ms.
    """
    few = matches.limit(MATCHES).subquery()
    return (
        select(few, Prompt.name)
        .join(
            Prompt, and_(Prompt.workspace_id == subject.workspace_id, Prompt.id == few.c.prompt_id)
        )
        .where(Prompt.archived_at.is_(None))
        .order_by(*(few.c[name].desc() for name in order))
    )


def _example_hit(row: Row[*tuple[Any, ...]]) -> Hit:
    url = f"{_at(row.name)}?tab=golden&example={row.id}"
    return Hit("example", row.id, _short(row.inputs), row.name, url)


def _values(column: InstrumentedAttribute[Any], path: str) -> ColumnElement[str]:
    """The texts a JSON path finds, without the names they stand under."""
    return cast(func.jsonb_path_query_array(column, cast(path, JSONPATH())), SqlText())


def _at(prompt_name: str) -> str:
    return f"/prompts/{prompt_name}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
