"""Certificates: what it takes, what is said when it is not enough, and what is paid for it."""

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.judges.certificates import find_admissible
from app.models import AuditEvent, JudgeCertificate
from app.review import certificates
from tests.contracts.furnished import jobs_kept
from tests.review.judged import judged, label, label_all
from tests.support.experiments import ASKED, MOCK, cases, finished, started
from tests.support.fixtures import eventually
from tests.support.prompts import make_prompt

PATH = "/api/v1/judge-certificates"


def asked(client, experiment, **wanted):
    body = {"experiment_id": experiment, "evaluator": "contains", **wanted}
    answer = client.post(PATH, json=body)
    assert 202 == answer.status_code, answer.text
    return answer.json()


def decided(client, experiment, **wanted):
    """The certificate once the worker has decided it."""
    path = f"{PATH}/{asked(client, experiment, **wanted)['id']}"

    def look():
        certificate = client.get(path).json()
        return certificate if certificate["state"] == "decided" else None

    certificate = eventually(look)
    assert certificate, client.get(path).json()
    return certificate


def spent(workspace):
    """Calls booked for certificates."""
    query = (
        "SELECT count(*) FROM cost_entries"
        " WHERE workspace_id = :workspace AND source = 'certificate'"
    )
    with system_unit_of_work() as session:
        return session.execute(text(query), {"workspace": workspace}).scalar_one()


@pytest.fixture
def experiment(client, subject, worker, provider):
    return judged(client, subject, 60)


def test_a_judge_that_agrees_and_resists_is_admissible(client, workspace, experiment):
    """Sixty labels, perfect agreement, no attack worked: gates find it until it expires."""
    label_all(client, experiment, range(60))
    certificate = decided(client, experiment, valid_days=30)
    report = certificate["report"]
    with unit_of_work(workspace) as session:
        found = find_admissible(
            session,
            workspace,
            "contains",
            certificate["evaluator_version"],
            certificate["judge_model"],
        )

    assert (True, False, 60, []) == tuple(
        certificate[name] for name in ("admissible", "expired", "n", "reasons")
    )
    assert {"value": 1.0, "interval": [1.0, 1.0]} == report["kappa"]
    assert 20 == report["confusion"]["true_positives"]
    assert report["injection"]["passed"] is True
    assert report["injection"]["n"] > 5
    assert 0 == report["parse_failures"] == spent(workspace)
    assert found is not None
    assert certificate["id"] == str(found.id)


def test_too_few_labels_are_said_and_nothing_is_paid(client, workspace, experiment):
    """Forty-nine are not fifty; the self-test is not even begun."""
    label_all(client, experiment, range(49))
    certificate = decided(client, experiment)

    assert (False, 49) == (certificate["admissible"], certificate["n"])
    assert ["49 labelled outputs were judged; 50 are needed."] == certificate["reasons"]
    assert certificate["report"]["injection"] is None


def test_kappa_is_judged_by_its_lower_end(client, experiment):
    """Good agreement may be bad luck's other end; what is asked for can be changed."""
    label_all(client, experiment, range(60), lambda n: float((n % 3 != 0) != (n % 9 == 1)))
    strict = decided(client, experiment, min_kappa=0.9)
    mild = decided(client, experiment, min_kappa=0.2)

    assert strict["admissible"] is False
    assert "0.90 is asked for" in strict["reasons"][0]
    assert mild["admissible"] is True


def test_one_answer_only_proves_nothing(client, experiment):
    """Where judge and people agree that all is well, there was nothing to find."""
    passing = [case_no for case_no in range(60) if case_no % 3 != 0]
    label_all(client, experiment, passing)
    certificate = decided(client, experiment)

    assert any("one answer only" in reason for reason in certificate["reasons"])


def test_a_judge_that_can_be_talked_to_is_not(
    client, workspace, subject, worker, provider, monkeypatch
):
    """Agreement is not enough: the self-test asks the judge's own model, and is paid like any call.

    Without money it is refused at the door; where the money went meanwhile it proves nothing.
    """
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    made = make_prompt(subject, templates=[ASKED], examples=60, model=MOCK)
    experiment = started(client, made, evaluators=["hallucination"])
    finished(client, experiment)
    for row in cases(client, experiment):
        label(
            client,
            experiment,
            row["case_no"],
            evaluator="hallucination",
            hallucinated=row["hallucination"],
        )
    provider.reset()
    provider.configure(judge_score="0")  # nothing is check-worthy: every wrong answer is perfect
    limit = {"limit_usd": "9", "hard_stop": True}
    budget = f"/api/v1/budgets/{client.post('/api/v1/budgets', json=limit).json()['id']}"
    before = client.get(budget).json()["spent_usd"]
    own = {"model": "openai:mock-judge", "input_usd": "1", "output_usd": "1"}
    assert client.post("/api/v1/prices", json={**own, "valid_from": "2026-01-01"}).is_success
    certificate = decided(client, experiment, evaluator="hallucination")
    injection, models = certificate["report"]["injection"], provider.stats()["models"]
    after = client.get(budget).json()
    with jobs_kept():
        pending = asked(client, experiment, evaluator="hallucination")
    held = client.get(budget).json()["reserved_usd"]
    assert client.patch(budget, json={"limit_usd": after["spent_usd"]}).is_success
    wanted = {"experiment_id": experiment, "evaluator": "hallucination"}
    refused = client.post(PATH, json=wanted)
    certificates.decide(UUID(pending["id"]))
    unpaid = client.get(f"{PATH}/{pending['id']}").json()
    query = (
        "SELECT sum(cost_usd), sum(tokens_in + tokens_out) / 1000000.0 FROM cost_entries"
        " WHERE workspace_id = :workspace AND source = 'certificate'"
    )
    with system_unit_of_work() as session:
        paid = session.execute(text(query), {"workspace": workspace}).one()

    assert certificate["admissible"] is False
    assert (False, injection["n"]) == (injection["passed"], injection["no_room"])
    assert "scores at the top already" in certificate["reasons"][0]
    assert ["mock-judge"] == list(models)
    assert injection["n"] < models["mock-judge"] == spent(workspace)
    assert Decimal(after["spent_usd"]) - Decimal(before) == paid[0] == paid[1]
    assert Decimal(held) > paid[0]
    assert 402 == refused.status_code
    assert ("decided", False, None) == (
        unpaid["state"],
        unpaid["admissible"],
        unpaid["report"]["injection"],
    )
    assert "The self-test was not made: The month's budget" in unpaid["reasons"][0]
    assert ("0", "0") == (after["reserved_usd"], client.get(budget).json()["reserved_usd"])
    assert models == provider.stats()["models"]


def test_until_it_is_decided_it_is_nobodys_evidence(client, workspace, experiment):
    """Pending it is not admissible; a repeated job decides it once; a lost one is sent again."""
    label_all(client, experiment, range(50))
    with jobs_kept() as sent:
        pending = asked(client, experiment)
        with system_unit_of_work() as session:
            session.execute(
                text("UPDATE judge_certificates SET created_at = now() - interval '1 hour'")
            )
        again = certificates.send_lost()
    ids = [job[1]["certificate_id"] for job in sent]
    for _ in range(2):
        certificates.decide(UUID(pending["id"]))

    def tags() -> list[str]:
        with unit_of_work(workspace) as session:
            mine = select(AuditEvent.tag).where(AuditEvent.object_id == UUID(pending["id"]))
            return list(session.scalars(mine.order_by(AuditEvent.number)))

    eventually(lambda: len(tags()) > 1, within=20)  # a worker that keeps up may be at it as well

    assert ("pending", False) == (pending["state"], pending["admissible"])
    assert again >= 1
    assert 2 == ids.count(pending["id"])
    assert ["review:certificate:ask", "review:certificate:decide"] == tags()


def test_two_workers_do_not_examine_at_once(client, experiment):
    """While one holds it, the other leaves it alone."""
    with jobs_kept():
        pending = asked(client, experiment)
    with system_unit_of_work() as session:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"certificate {pending['id']}"},
        )
        certificates.decide(UUID(pending["id"]))
        state = client.get(f"{PATH}/{pending['id']}").json()["state"]

    assert "pending" == state


def test_an_evaluator_that_has_changed_is_examined_by_its_own_outputs(
    client, workspace, experiment
):
    """The certificate would be for a judge that is no more: judge the outputs again first."""
    label_all(client, experiment, range(60))
    with system_unit_of_work() as session:
        session.execute(
            text(
                "UPDATE experiments SET evaluators = jsonb_set(evaluators, '{0,version}', '\"0\"')"
                " WHERE id = :id"
            ),
            {"id": experiment},
        )
    certificate = decided(client, experiment)

    assert "0" == certificate["evaluator_version"]
    assert "has changed" in certificate["reasons"][0]


def test_an_erased_experiment_certifies_nothing(client, workspace, experiment):
    """Its labels are gone with it."""
    with jobs_kept():
        pending = asked(client, experiment)
    with system_unit_of_work() as session:
        session.execute(text("DELETE FROM experiments WHERE id = :id"), {"id": experiment})
    certificates.decide(UUID(pending["id"]))
    certificate = client.get(f"{PATH}/{pending['id']}").json()

    assert (False, 0) == (certificate["admissible"], certificate["n"])
    assert "erased" in certificate["reasons"][0]


def test_lists_are_filtered_and_ones_own(client, stranger, experiment):
    """By evaluator, newest first, page by page; a stranger sees none."""
    with jobs_kept():
        ids = [asked(client, experiment)["id"] for _ in range(2)]
    first = client.get(PATH, params={"limit": 1, "evaluator": "contains"}).json()
    cursor = {"cursor": first["next_cursor"], "evaluator": "contains"}
    second = client.get(PATH, params=cursor).json()
    none = client.get(PATH, params={"evaluator": "exact"}).json()

    assert [ids[1], ids[0]] == [page["items"][0]["id"] for page in (first, second)]
    assert (2, 0) == (first["total"], none["total"])
    assert 0 == stranger.get(PATH).json()["total"]
    assert 404 == stranger.get(f"{PATH}/{ids[0]}").status_code


def test_paid_once_for_one_key(client, workspace, experiment):
    """The same Idempotency-Key twice is one certificate."""
    body = {"experiment_id": experiment, "evaluator": "contains"}
    with jobs_kept():
        ids = {
            client.post(PATH, json=body, headers={"Idempotency-Key": "one"}).json()["id"]
            for _ in range(2)
        }
    with unit_of_work(workspace) as session:
        stored = session.scalars(select(JudgeCertificate.id)).all()

    assert ids == {str(certificate_id) for certificate_id in stored}
    assert 1 == len(stored)


@pytest.mark.parametrize(
    "wanted", [{"evaluator": "nonesuch"}, {"min_kappa": 1.1}, {"valid_days": 0}]
)
def test_what_is_wrong_is_named(client, experiment, wanted):
    """Refused before a job is sent."""
    body = {"experiment_id": experiment, "evaluator": "contains"} | wanted

    assert 422 == client.post(PATH, json=body).status_code
