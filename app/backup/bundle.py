"""A verdict with all it was computed from, as a file that proves it without this installation."""

import json
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import IO, Any, NamedTuple
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.accounts.subject import Subject
from app.backup import archive
from app.backup.archive import Part
from app.backup.manifest import BundleManifest, verdict_part
from app.core.errors import Conflict
from app.experiments import service as experiments
from app.models import (
    Experiment,
    ExperimentArm,
    ExperimentExample,
    Prompt,
    PromptVersion,
    VerdictRecord,
)

CHUNK_BYTES = 2**16
BATCH = 500  # rows in memory at a time

EXPERIMENT = (
    "id",
    "name",
    "status",
    "trigger",
    "seed",
    "repeats",
    "evaluators",
    "primary_evaluator",
    "judge_model",
    "baseline_arm",
    "snapshot_hash",
    "options",
    "plan",
    "git",
    "tags",
    "cost_usd",
    "cost_unknown",
    "started_at",
    "finished_at",
)
ARM = ("arm", "version_id", "version_number", "name", "model", "template", "parameters")
VERSION = (
    "id",
    "number",
    "content_hash",
    "template_format",
    "template",
    "messages",
    "model",
    "parameters",
    "response_schema",
)
EXAMPLE = (
    "position",
    "example_id",
    "input_data",
    "expected_output",
    "context",
    "criteria",
    "tags",
    "weight",
    "critical",
)


class NoVerdict(Conflict):
    code = "no_verdict"
    title = "There is no verdict"
    message = "Experiment {id} has no verdict: it has not ended, or it compares nothing."


class Bundle(NamedTuple):
    """A file's name, and its content in pieces."""

    name: str
    pieces: Iterator[bytes]


def bundle(session: Session, subject: Subject, experiment_id: UUID) -> Bundle:
    """Raises 404, and NoVerdict for an experiment that has none."""
    experiment = experiments.get(session, subject, experiment_id)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the pieces close it
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as target:
            _fill(session, experiment, target)
    except BaseException:
        file.close()
        raise
    return Bundle(f"experiment-{experiment.id}.bundle.zip", _pieces(file))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _fill(session: Session, experiment: Experiment, target: ZipFile) -> None:
    records = session.scalars(
        select(VerdictRecord)
        .where(VerdictRecord.experiment_id == experiment.id)
        .order_by(VerdictRecord.id)
        .options(undefer(VerdictRecord.evidence))
    ).all()
    if not records:
        raise NoVerdict(id=experiment.id)
    prompt = session.scalars(select(Prompt.name).where(Prompt.id == experiment.prompt_id)).one()
    arms = session.scalars(
        select(ExperimentArm)
        .where(ExperimentArm.experiment_id == experiment.id)
        .order_by(ExperimentArm.arm)
    ).all()
    versions = session.scalars(
        select(PromptVersion)
        .where(PromptVersion.id.in_({arm.version_id for arm in arms}))
        .order_by(PromptVersion.number)
    )
    parts: dict[str, Any] = {
        "experiment.json": _told(experiment, EXPERIMENT)
        | {"prompt": prompt, "prices": _prices(experiment)},
        "arms.json": [_told(arm, ARM) for arm in arms],
        "versions.json": [_told(one, VERSION) for one in versions],
    } | {verdict_part(number): _verdict(record) for number, record in enumerate(records)}
    stored = {name: archive.add(target, name, _json(value)) for name, value in parts.items()}
    stored["examples.jsonl"] = _add_examples(session, experiment, target)
    BundleManifest(
        experiment_id=experiment.id, prompt=prompt, verdicts=len(records), parts=stored
    ).write(target)


def _add_examples(session: Session, experiment: Experiment, target: ZipFile) -> Part:
    rows = session.scalars(
        select(ExperimentExample)
        .where(ExperimentExample.experiment_id == experiment.id)
        .order_by(ExperimentExample.position)
        .execution_options(yield_per=BATCH)
    )
    with archive.added(target, "examples.jsonl") as sink:
        for row in rows:
            sink.write(_json(_told(row, EXAMPLE)))
        return sink.told()


def _verdict(record: VerdictRecord) -> dict[str, Any]:
    """The policy in force is a part of the verdict."""
    return {
        "id": record.id,
        "created_at": record.created_at,
        "verdict": record.content,
        "evidence": record.evidence,
    }


def _prices(experiment: Experiment) -> dict[str, Any]:
    """Each call had the price of its day (UTC): these are the first and the last."""
    return {
        "from": experiment.started_at and experiment.started_at.date(),
        "to": experiment.finished_at and experiment.finished_at.date(),
        "list": f"genai-prices {version('genai-prices')}",
    }


def _told(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _json(value: object) -> bytes:
    """Ids, times and money as text."""
    return (json.dumps(value, default=str, ensure_ascii=False) + "\n").encode()
