"""Which certificate a gate may lean on."""

from datetime import timedelta

import pytest

from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.judges.certificates import DECIDED, PENDING, find_admissible
from app.models import JudgeCertificate
from tests.support.fixtures import make_workspace

JUDGE = ("hallucination", "1-abc", "openai:mock-judge")


def add(workspace_id, *, admissible=True, state=DECIDED, days=30, judge=JUDGE):
    evaluator, version, model = judge
    with unit_of_work(workspace_id) as session:
        certificate = JudgeCertificate(
            id=new_id(),
            workspace_id=workspace_id,
            evaluator=evaluator,
            evaluator_version=version,
            judge_model=model,
            admissible=admissible,
            n=60,
            report={"state": state, "reasons": []},
            expires_at=now() + timedelta(days=days),
            created_by="test",
        )
        session.add(certificate)
        return certificate.id


def found(workspace_id, judge=JUDGE):
    with unit_of_work(workspace_id) as session:
        certificate = find_admissible(session, workspace_id, *judge)
        return certificate and certificate.id


def test_the_newest_decided_one_counts(workspace):
    """An older one stands until a newer is decided; a pending one decides nothing."""
    add(workspace)
    newer = add(workspace)
    add(workspace, admissible=False, state=PENDING)

    assert newer == found(workspace)


@pytest.mark.parametrize("newest", [{"admissible": False}, {"days": -1}])
def test_a_failed_or_expired_judge_has_no_older_one(workspace, newest):
    """What failed last is not believed for what it showed before."""
    add(workspace)
    add(workspace, **newest)

    assert found(workspace) is None


@pytest.mark.parametrize(
    "judge",
    [
        ("grounding", *JUDGE[1:]),
        (JUDGE[0], "2-def", JUDGE[2]),
        (*JUDGE[:2], "openai:another"),
    ],
)
def test_it_is_for_that_very_judge(workspace, judge):
    """Another evaluator, version or model has to show it anew."""
    add(workspace)

    assert found(workspace, judge) is None


def test_it_is_for_that_workspace(workspace):
    """Another workspace's labels are about other outputs."""
    add(make_workspace("Other"))

    assert found(workspace) is None
