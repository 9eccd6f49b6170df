"""Bisect: which version broke it, and what it cost to find out."""

from uuid import UUID

import pytest

from tests.analyses.lab import BAD, EXAMPLES, GOOD, Lab, make_lab
from tests.support.fixtures import eventually
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

CHAIN = [f"Take {word}. {GOOD}" for word in ("care", "heart", "note")]
BROKEN = [f"Take {word}. {BAD}" for word in ("part", "off", "cover")]


@pytest.fixture
def lab(bench, client_of, monkeypatch) -> Lab:
    from app.core.config import get_settings  # noqa: PLC0415 - after the servers have started

    monkeypatch.setattr(get_settings(), "shard_size", 50)
    return make_lab(bench, client_of)


def test_the_version_that_dropped_the_context_is_named(client, subject, worker):
    """Six versions through the queue with the built-in model: it is the fourth, and why is said."""
    templates = [
        GROUNDED,
        GROUNDED.replace("Answer the", "Please answer the"),
        GROUNDED.replace("Question:", "The question:"),
        UNGROUNDED,
        UNGROUNDED.replace("Answer the", "Please answer the"),
        UNGROUNDED.replace("customer's", "customer's short"),
    ]
    made = make_prompt(subject, templates=templates, examples=EXAMPLES)
    accepted = client.post(
        f"/api/v1/prompts/{made.prompt_id}/bisect",
        json={"good": 1, "bad": "latest", "evaluators": ["similarity"]},
    )
    url = accepted.json()["status_url"]
    read = eventually(lambda: (r := client.get(url).json())["finished_at"] and r)
    assert read, client.get(url).json()
    result = read["result"]

    assert ("found", 4, 3) == (
        result["finding"],
        result["first_bad"]["number"],
        result["last_good"]["number"],
    )
    assert ("version 4", "test") == (
        result["first_bad"]["message"],
        result["first_bad"]["created_by"],
    )
    assert result["diff"] == {
        "from_id": str(made.version_ids[2]),
        "to_id": str(made.version_ids[3]),
    }
    assert ["v6", "v3", "v4"] == [step["what"] for step in result["steps"]]
    assert ["regressed", "not_worse", "regressed"] == [s["outcome"] for s in result["steps"]]
    assert (4 * EXAMPLES, 6 * EXAMPLES, 2 * EXAMPLES) == (
        result["calls"],
        result["calls_to_test_all"],
        result["calls_saved"],
    )
    assert 0.94 < result["sureness"]["value"] < 0.96  # a p-value and the level of a pass
    assert ["v4", "v3"] == [doubt["what"] for doubt in result["sureness"]["rests_on"]]


def test_what_is_stored_is_never_asked_again(lab):
    """Every version was measured before: the answer costs nothing, and the log of costs says so."""
    lab.prompt(CHAIN + BROKEN)
    experiment_id = lab.measured(1, 2, 3, 4, 5, 6)
    result = lab.found("bisect")
    costs = lab.bench.apart.sql(
        "SELECT count(*) FROM cost_entries WHERE prompt_id = :id", id=lab.made.prompt_id
    )

    assert 4 == result["first_bad"]["number"]
    assert [] == lab.model.asked
    assert 6 * EXAMPLES == costs[0][0]
    assert (0, 6 * EXAMPLES) == (result["calls"], result["calls_saved"])
    assert {(True, 0)} == {(step["reused"], step["calls"]) for step in result["steps"]}
    assert {experiment_id} == {i for step in result["steps"] for i in step["experiment_ids"]}


def test_stored_versions_narrow_the_range_before_anything_is_paid(lab):
    """v1, v2 and v6 are known; only what lies between is run, and each version once."""
    lab.prompt(CHAIN + BROKEN)
    lab.measured(1, 2, 6)
    result = lab.found("bisect")

    assert 4 == result["first_bad"]["number"]
    assert [("v6", True), ("v2", True), ("v4", False), ("v3", False)] == [
        (step["what"], step["reused"]) for step in result["steps"]
    ]
    assert 2 * EXAMPLES == len(lab.model.asked) == result["calls"]


def test_other_evaluators_or_examples_are_another_yardstick(lab):
    """Results judged by something else say nothing here; without a wish, the same are taken."""
    lab.prompt([GOOD, BAD])
    lab.measured(1, 2)
    other = lab.found("bisect", evaluators=["exact"])
    calls_of_other = len(lab.model.asked)
    lab.model.asked.clear()
    ids = [str(example) for example in lab.made.example_ids[:30]]
    sample = lab.found("bisect", golden={"ids": ids})
    calls_of_sample = len(lab.model.asked)
    lab.model.asked.clear()
    same = lab.found("bisect", evaluators=[])

    assert 2 * EXAMPLES == calls_of_other == other["calls"]
    assert 60 == calls_of_sample == sample["calls"]
    assert [] == lab.model.asked
    assert 0 == same["calls"]


def test_without_a_regression_there_is_nothing_to_find(lab):
    """The first thing asked is whether the bad version is worse at all."""
    lab.prompt(CHAIN)
    result = lab.found("bisect")

    assert "nothing_to_find" == result["finding"]
    assert result["sentence"].startswith("There is no regression to find. v3 is no worse than v1")
    assert (None, None, None, None, []) == (
        result["first_bad"],
        result["last_good"],
        result["diff"],
        result["sureness"],
        result["suspects"],
    )
    assert 2 * EXAMPLES == len(lab.model.asked)


def test_nobody_knows_is_said_and_tried_three_times(lab):
    """A probe without a verdict is repeated, then taken as not shown worse, and the answer says so.

    v2 misses every tenth answer: neither worse nor within the margin.
    """
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        missing = "[hard]" in prompt and prompt.startswith("Take heart")
        return "Something else." if missing else good(prompt)

    good = lab.model._answer
    lab.prompt([CHAIN[0], "Take heart. {{ hard }} " + GOOD, BROKEN[0]], inputs={"hard": ""})
    lab.bench.apart.sql(
        'UPDATE golden_examples SET input_data = input_data || \'{"hard": "[hard]"}\''
        " WHERE id = ANY(:ids)",
        ids=lab.made.example_ids[:2],
    )
    lab.answers(answer)
    result = lab.found("bisect")
    middle = result["steps"][1]

    assert ("found", 3) == (result["finding"], result["first_bad"]["number"])
    assert ("v2", "unknown", 3) == (middle["what"], middle["outcome"], middle["repeats"])
    assert "Nobody could tell about v2" in result["sentence"]
    assert result["sureness"]["value"] < 0.5
    assert (2 + 1 + 2 + 2) * EXAMPLES == len(asked) == result["calls"]


def test_few_examples_are_not_made_more_by_repeating(lab):
    """Below the policy's number of pairs nothing is run a second time."""
    lab.prompt([GOOD, BAD], examples=8)
    result = lab.found("bisect")

    assert ("nothing_to_find", "inconclusive") == (
        result["finding"],
        result["steps"][0]["ruling"],
    )
    assert 16 == len(lab.model.asked)


def test_the_budget_in_calls_ends_the_search_with_what_is_known(lab):
    """Not one call more than allowed; the versions it may be are listed."""
    lab.prompt(CHAIN + BROKEN)
    result = lab.found("bisect", max_calls=3 * EXAMPLES)

    assert "budget_ended" == result["finding"]
    assert [4, 5, 6] == [version["number"] for version in result["suspects"]]
    assert (None, 3) == (result["first_bad"], result["last_good"]["number"])
    assert "It broke after v3, by v6 at the latest." in result["sentence"]
    assert 3 * EXAMPLES == len(lab.model.asked)


@pytest.mark.parametrize(
    ("most", "caps"),
    [
        ("0.07", [0.07]),  # not enough for the two versions alone
        ("0.12", [0.12]),  # for them and no call more
        ("0.2", [0.2, 0.08, 0.02]),  # for one version between, and a part of the next
    ],
)
def test_the_budget_in_money_is_handed_down_and_ends_the_search(lab, most, caps):
    """Each experiment gets what is left; a call costs 0.001 USD here."""
    lab.prompt(CHAIN + BROKEN)
    analysis_id = lab.started("bisect", max_cost_usd=most)
    lab.bench.apart.work_off()
    result = lab.read(analysis_id)["result"]

    assert "budget_ended" == result["finding"]
    assert result["sentence"].startswith("The budget ended first: ")
    assert caps == [float(child.max_cost_usd) for child in lab.children(analysis_id)]
    assert len(lab.model.asked) <= float(most) * 1000


def test_a_version_that_cannot_be_run_is_unknown(lab):
    """v2 needs a variable no golden example has: it is neither good nor bad, and costs nothing."""
    lab.prompt([GOOD, "{{ nowhere.to_be }} " + GOOD, BAD])
    result = lab.found("bisect")

    assert ("unknown", "invalid", 0) == tuple(
        result["steps"][1][name] for name in ("outcome", "ruling", "calls")
    )
    assert 0 == result["sureness"]["value"]


def test_a_gate_decides_what_a_regression_is(lab):
    """Under a policy that asks for more pairs than there are, nothing is a regression."""
    lab.prompt([GOOD, BAD])
    policy = {"minimum_pairs": EXAMPLES + 1}
    gate = {"prompt_id": str(lab.made.prompt_id), "name": "demanding", "policy": policy}
    made = lab.client.post("/api/v1/gates", json=gate).json()
    result = lab.found("bisect", gate="demanding")
    analysis = lab.client.get("/api/v1/analyses").json()["items"][0]

    assert "nothing_to_find" == result["finding"]
    assert ("demanding", made["id"], 1) == tuple(
        analysis["asked"]["policy"][name] for name in ("gate", "gate_id", "number")
    )


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"good": 2, "bad": 1}, "#/good", "Version 2 is not older than version 1"),
        ({"good": 2, "bad": 2}, "#/good", "not older"),
        ({"good": "nowhere"}, "#/good", "There is no version 'nowhere'"),
        ({"bad": 9}, "#/bad", "There is no version '9'"),
        ({"max_calls": 119}, "#/max_calls", "needs 120 calls"),
        ({"gate": "none"}, "#/gate", "no gate 'none'"),
        ({"evaluators": ["nonsense"]}, "#/evaluators/0", "nonsense"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(lab, change, pointer, says):
    """Before anything is paid, with the field that is wrong."""
    lab.prompt([GOOD, BAD])
    refused = lab.asked("bisect", **change)

    assert 422 == refused.status_code, refused.text
    assert [pointer] == [error["pointer"] for error in refused.json()["errors"]]
    assert says in refused.json()["detail"]
    assert [] == lab.bench.apart.sent


def test_a_version_lacking_a_variable_is_refused_by_its_field(lab):
    """What the plan of an experiment refuses by place is refused here by name."""
    lab.prompt([GOOD, "{{ unheard_of }} " + BAD])
    refused = lab.asked("bisect")

    assert 422 == refused.status_code
    assert [("#/bad", "missing_variable")] == [
        (error["pointer"], error["code"]) for error in refused.json()["errors"]
    ]


def test_an_unknown_prompt_is_not_found(lab):
    """404, before its versions are looked for."""
    lab.prompt([GOOD, BAD])
    refused = lab.client.post(f"/api/v1/prompts/{UUID(int=1)}/bisect", json={"good": 1, "bad": 2})

    assert 404 == refused.status_code
