"""What people say about outputs: given, replaced, listed, taken back, imported."""

import json

import pytest

from app.models import HumanLabel, Role
from app.review.labels import opinion
from tests.review.judged import LABELS, body, judged, label
from tests.support.fixtures import make_key, make_subject


@pytest.fixture
def experiment(client, subject, worker, provider):
    return judged(client, subject, 4)


@pytest.fixture
def colleague(client_of, workspace):
    """A moderator of the same workspace: may review, and is no admin."""
    return client_of(make_key(make_subject(workspace, Role.moderator)))


def listed(client, experiment, **query):
    return client.get(LABELS, params={"experiment": experiment, **query}).json()


def test_a_person_has_one_opinion_of_an_output(client, subject, experiment):
    """Given again it replaces the first; it is still one label, by the same id."""
    first = label(client, experiment, 1, value=0.25, comment="Half of it.")
    second = label(client, experiment, 1, value=0.75, hallucinated=True)
    (only,) = listed(client, experiment)["items"]

    assert first["id"] == second["id"] == only["id"]
    assert (0.75, True, "") == (only["value"], only["hallucinated"], only["comment"])
    assert subject.username == only["labelled_by"]
    assert only["updated_at"] > only["created_at"]


def test_lists_are_of_one_experiment_and_paged(client, experiment):
    """Newest first; filtered by evaluator."""
    for case_no in range(3):
        label(client, experiment, case_no)
    first = listed(client, experiment, limit=2)
    second = listed(client, experiment, limit=2, cursor=first["next_cursor"])
    none = listed(client, experiment, evaluator="other")

    assert [2, 1, 0] == [item["case_no"] for page in (first, second) for item in page["items"]]
    assert (3, None, 0) == (first["total"], second["next_cursor"], none["total"])


def test_a_label_is_taken_back_once(client, experiment):
    """Deleted it is gone, and unknown afterwards."""
    made = label(client, experiment, 0)
    statuses = [client.delete(f"{LABELS}/{made['id']}").status_code for _ in range(2)]

    assert [204, 404] == statuses
    assert 0 == listed(client, experiment)["total"]


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"case_no": 99}, 422, "#/case_no"),
        ({"evaluator": "similarity"}, 422, "#/evaluator"),
        ({"value": None}, 422, "#"),
        ({"value": 1.5}, 422, "#/value"),
        ({"value": "1"}, 422, "#/value"),
        ({"hallucinated": 1}, 422, "#/hallucinated"),
    ],
)
def test_what_is_wrong_is_named(client, experiment, change, status, pointer):
    """A label of nothing, by nobody's question or without a word is refused."""
    refused = client.post(LABELS, json=body(experiment, 0) | change)

    assert status == refused.status_code
    assert pointer == refused.json()["errors"][0]["pointer"]


def test_another_workspace_has_none_of_it(client, stranger, experiment):
    """Labelling and deleting are the 404 of what is not there, and nothing is listed."""
    made = label(client, experiment, 0)
    answers = [
        stranger.post(LABELS, json=body(experiment, 0)),
        stranger.delete(f"{LABELS}/{made['id']}"),
    ]

    assert [404] * 2 == [answer.status_code for answer in answers]
    assert 0 == listed(stranger, experiment)["total"]


def test_people_label_beside_each_other(client, colleague, experiment):
    """Two people's labels of one output are two; each takes back his own, an admin anybody's."""
    ours, theirs = label(client, experiment, 0), label(colleague, experiment, 0, value=0.0)
    refused = colleague.delete(f"{LABELS}/{ours['id']}")
    own = colleague.delete(f"{LABELS}/{theirs['id']}")
    again = label(colleague, experiment, 0)
    by_admin = client.delete(f"{LABELS}/{again['id']}")

    assert ours["labelled_by"] != theirs["labelled_by"]
    assert [403, 204, 204] == [answer.status_code for answer in (refused, own, by_admin)]
    assert [ours["id"]] == [item["id"] for item in listed(client, experiment)["items"]]


def test_a_persons_keys_are_one_person(client, client_of, subject, experiment):
    """Through another key the same person replaces the label he gave before."""
    first = label(client, experiment, 0)
    second = label(client_of(make_key(subject)), experiment, 0, value=0.0)

    assert first["id"] == second["id"]
    assert subject.username == second["labelled_by"]


# --- several people ---


def said(value=None, hallucinated=None):
    return HumanLabel(value=value, hallucinated=hallucinated)


@pytest.mark.parametrize(
    ("labels", "value", "hallucinated"),
    [
        ([said(value=0.25)], 0.25, True),
        ([said(value=1.0)], 1.0, False),
        ([said(hallucinated=True)], 0.0, True),
        ([said(hallucinated=False)], 1.0, False),
        ([said(value=0.5, hallucinated=False), said(value=1.0)], 0.75, False),
        ([said(hallucinated=True), said(hallucinated=False)], 0.5, False),
        ([said(hallucinated=True), said(value=0.0), said(value=1.0)], 1 / 3, True),
    ],
)
def test_opinions_are_means_and_majorities(labels, value, hallucinated):
    """A tie flags nothing; a label that only says yes or no counts as 0 or 1."""
    found = opinion(labels)

    assert pytest.approx(value) == found.value
    assert hallucinated is found.hallucinated
    assert len(labels) == found.people
    assert found.failed is (found.value < 0.5)


# --- files ---


def imported(client, text, **form):
    return client.post(f"{LABELS}/import", files={"file": ("labels.csv", text)}, data=form)


def csv(experiment, *rows):
    header = "experiment_id,case_no,evaluator,value,hallucinated,comment"
    return "\n".join([header, *(f"{experiment},{row}" for row in rows)])


def test_a_file_is_imported_as_ones_own_labels(client, experiment):
    """CSV with texts for numbers and yes or no; empty cells say nothing."""
    answer = imported(client, csv(experiment, "0,contains,0.5,,Half.", "1,contains,,yes,"))
    found = {item["case_no"]: item for item in listed(client, experiment)["items"]}

    assert {"imported": 2, "dry_run": False, "rows": 2, "errors": []} == answer.json()
    assert (0.5, None, "Half.") == tuple(
        found[0][name] for name in ("value", "hallucinated", "comment")
    )
    assert (None, True) == (found[1]["value"], found[1]["hallucinated"])


def test_jsonl_is_read_as_well(client, experiment):
    """One object a line; a second import replaces the first."""
    lines = [json.dumps(body(experiment, n, value=0.25)) for n in range(2)]
    for text in ("\n".join(lines), lines[0].replace("0.25", "1")):
        assert 200 == imported(client, text).status_code

    assert [0.25, 1.0] == [item["value"] for item in listed(client, experiment)["items"]]


def test_errors_carry_their_row_and_nothing_is_stored(client, experiment):
    """All or nothing: every wrong row is listed with its number and its column."""
    text = csv(
        experiment,
        "0,contains,0.5,,",
        "99,contains,1,,",
        "1,nonesuch,1,,",
        "1,contains,7,,",
        "2,contains,,,",
        "0,contains,1,,",
    )
    refused = imported(client, text)
    dry = imported(client, text, dry_run="true").json()
    places = [(row["row"], row["field"]) for row in refused.json()["rows"]]

    assert 422 == refused.status_code
    assert [
        (3, "case_no"),
        (4, "evaluator"),
        (5, "value"),
        (6, None),
        (7, None),
    ] == places
    assert refused.json()["rows"] == dry["errors"]
    assert (0, 1) == (dry["imported"], dry["rows"])
    assert 0 == listed(client, experiment)["total"]


def test_a_strangers_experiment_is_an_unknown_one(client, stranger, experiment):
    """Its rows are told as rows about nothing."""
    refused = imported(stranger, csv(experiment, "0,contains,1,,"))

    assert 422 == refused.status_code
    assert [(2, "experiment_id")] == [(row["row"], row["field"]) for row in refused.json()["rows"]]


@pytest.mark.parametrize("text", ["", "experiment_id;case_no\n1;2", b"\xff\xfe1,2"])
def test_what_is_no_file_of_labels_is_refused(client, text):
    """Empty, with other separators or another encoding: one sentence, no rows."""
    refused = imported(client, text)

    assert (422, "file_refused") == (refused.status_code, refused.json()["code"])


def test_too_many_rows_are_refused(client, monkeypatch, experiment):
    """A file is read up to its limit and then refused as a whole."""
    monkeypatch.setattr("app.review.label_files.ROWS", 1)
    refused = imported(client, csv(experiment, "0,contains,1,,", "1,contains,1,,"))

    assert (422, "file_refused") == (refused.status_code, refused.json()["code"])
