"""Blame: which part of a difference broke it, and how sure that is."""

import pytest

from app.core.config import get_settings
from app.experiments import shard
from tests.analyses.lab import EXAMPLES, Lab, grounded, make_lab
from tests.support.fixtures import eventually
from tests.support.models import FakeModel
from tests.support.prompts import GROUNDED, make_prompt

OLD = (
    "You are a helper.\n\nAnswer from the context only.\n{{ context }}\n\nBe brief.\n"
    "Question: {{ question }}"
)
NEW = (
    "You are an assistant.\n\nAnswer from the context only.\n\nBe very brief.\n"
    "Question: {{ question }}"
)


@pytest.fixture
def lab(bench, client_of, monkeypatch) -> Lab:
    monkeypatch.setattr(get_settings(), "shard_size", 50)
    return make_lab(bench, client_of)


def blamed(result) -> list[int]:
    assert result["smallest"] == [hunk["index"] for hunk in result["hunks"] if hunk["blamed"]]
    return result["smallest"]


def test_the_one_hunk_of_three_that_breaks_it_is_named(client, subject, worker):
    """Through the queue with the built-in model: two lines are reworded, one takes the context."""
    new = (
        GROUNDED.replace("Answer the", "Please answer the")
        .replace("{{ context }}\n", "")
        .replace("Question:", "The question:")
    )
    made = make_prompt(subject, templates=[GROUNDED, new], examples=EXAMPLES)
    accepted = client.post(
        f"/api/v1/prompts/{made.prompt_id}/blame",
        json={"good": 1, "bad": 2, "evaluators": ["similarity"]},
    )
    url = accepted.json()["status_url"]
    read = eventually(lambda: (r := client.get(url).json())["finished_at"] and r)
    assert read, client.get(url).json()
    result = read["result"]
    hunks = result["hunks"]

    assert ("found", "Hunk 2 alone breaks v1.") == (result["finding"], result["sentence"])
    assert [2] == blamed(result)
    assert ("template", [4, 4], None, "{{ context }}\n", None) == tuple(
        hunks[1][name] for name in ("part", "old_lines", "new_lines", "old", "new")
    )
    assert [True, "v1 + hunk 2", "regression"] == [
        result["one_minimal"],
        result["evidence"]["what"],
        result["evidence"]["ruling"],
    ]
    assert "v1 + hunk 2 is worse than v1" in result["evidence"]["sentence"]
    assert result["sureness"]["value"] > 0.99
    assert "blame" == client.get(f"/api/v1/task-status/{read['id']}").json()["kind"]


def test_stored_results_of_both_versions_are_not_asked_again(lab):
    """Only texts nobody has tried are run, each once and under a name of its own."""
    lab.prompt([OLD, NEW])
    lab.measured(1, 2)
    analysis_id = lab.started("blame")
    lab.bench.apart.work_off()
    result = lab.read(analysis_id)["result"]
    names = lab.bench.apart.sql(
        "SELECT a.name, a.version_number FROM experiment_arms a"
        " JOIN experiments e ON e.id = a.experiment_id"
        " WHERE e.follows = :id ORDER BY e.id",
        id=analysis_id,
    )

    assert [2] == blamed(result)
    assert [("v2", True), ("v1 + hunk 1", False), ("v1 + hunks 2, 3", False)] == [
        (step["what"], step["reused"]) for step in result["steps"]
    ][:3]
    assert len(result["steps"]) == 4
    assert [("v1 + hunk 1", 2), ("v1 + hunks 2, 3", 2), ("v1 + hunk 2", 2)] == [
        tuple(row) for row in names
    ]
    assert 3 * EXAMPLES == len(lab.model.asked) == result["calls"]


def test_two_hunks_that_only_break_it_together_are_both_named(lab):
    """Each alone is harmless; the answer is the pair, and that less does not do was tried."""
    lab.prompt(
        [
            "Note one.\nKeep.\nNote two.\nKeep.\nNote three.\nQuestion: {{ question }}",
            "Note 1.\nKeep.\nNote 2.\nKeep.\nNote 3.\nQuestion: {{ question }}",
        ]
    )
    right = lambda prompt: grounded(f"Fernbrook {prompt}")  # noqa: E731 - short
    lab.answers(lambda p: "Nonsense." if "Note 1" in p and "Note 3" in p else right(p))
    result = lab.found("blame")
    what = {step["what"]: step["outcome"] for step in result["steps"]}

    assert [1, 3] == blamed(result)
    assert "The hunks 1, 3 together break v1." == result["sentence"]
    assert result["one_minimal"]
    assert {"not_worse"} == {what["v1 + hunk 1"], what["v1 + hunk 3"]}
    assert ["v1 + hunks 1, 3", "v1 + hunk 3", "v1 + hunk 1"] == [
        doubt["what"] for doubt in result["sureness"]["rests_on"]
    ]
    assert 0.85 < result["sureness"]["value"] < 0.91  # two passes at 5 % and a p-value


def test_a_part_that_is_no_template_is_unresolved(lab):
    """The lines of a block stand and fall together; nothing is paid for half a block."""
    context = "{{ context }}\nQuestion: {{ question }}"
    block = "{% if none %}\nThe context is:\n{{ context }}\n{% endif %}\nQuestion: {{ question }}"
    lab.prompt([context, block])
    result = lab.found("blame")
    unresolved = [step for step in result["steps"] if step["outcome"] == "unresolved"]

    assert "found" == result["finding"]
    assert unresolved
    assert {0} == {step["calls"] for step in unresolved}
    assert all("cannot be run" in step["sentence"] for step in unresolved)
    assert {"{% if none %}\n", "{% endif %}\n"} <= {
        hunk["new"] for hunk in result["hunks"] if hunk["blamed"]
    }


def test_a_part_that_lacks_a_variable_is_unresolved(lab):
    """A line that reads what another line sets cannot be tried without it."""
    new = OLD.replace("You are a helper.\n", '{% set who = "You" %}\n{{ who }} help.\n')
    lab.prompt([OLD, new.replace("{{ context }}\n", "")])
    result = lab.found("blame")
    unresolved = [step for step in result["steps"] if step["outcome"] == "unresolved"]

    assert ["{{ context }}\n"] == [hunk["old"] for hunk in result["hunks"] if hunk["blamed"]]
    assert unresolved
    assert all("who" in step["sentence"] for step in unresolved)


def test_a_model_can_be_to_blame(lab, monkeypatch):
    """What stands beside the text is a unit of its own, each parameter too."""
    lab.prompt([OLD])
    lab.add(
        template=OLD.replace("helper", "assistant"),
        model="openai:mute",
        parameters={"temperature": 1.0},
    )
    mute = FakeModel(lambda _prompt: "Nothing.")
    monkeypatch.setattr(shard, "get_model", lambda name: mute if "mute" in name else lab.model)
    result = lab.found("blame")
    parts = {hunk["part"]: hunk for hunk in result["hunks"]}

    assert ["template", "parameters/temperature", "model"] == list(parts)
    assert [parts["model"]["index"]] == blamed(result)
    assert ("openai:mock-gen", "openai:mute") == (
        parts["model"]["old"],
        parts["model"]["new"],
    )
    assert (None, 1.0) == (
        parts["parameters/temperature"]["old"],
        parts["parameters/temperature"]["new"],
    )


def test_messages_are_blamed_one_by_one(lab):
    """A chat prompt whose second message took the context away."""
    system = {"role": "system", "content": "Be kind."}
    with_context = {"role": "user", "content": "{{ context }}\nQuestion: {{ question }}"}
    without = {"role": "user", "content": "Question: {{ question }}"}
    lab.prompt([OLD])
    lab.add(messages=[system, with_context])
    lab.add(messages=[{**system, "content": "Be very kind."}, without])
    result = lab.found("blame", good=2)

    assert [("messages/1", False), ("messages/2", True)] == [
        (hunk["part"], hunk["blamed"]) for hunk in result["hunks"]
    ]


def test_the_budget_ends_it_with_the_smallest_set_so_far(lab):
    """Not one call beyond; the suspects are what was last shown to regress."""
    lab.prompt([OLD, NEW])
    none = lab.found("blame", max_calls=2 * EXAMPLES)
    calls = len(lab.model.asked)
    some = lab.found("blame", max_calls=2 * EXAMPLES)

    assert ("budget_ended", [1, 2, 3], False) == (
        none["finding"],
        blamed(none),
        none["one_minimal"],
    )
    assert "among the hunks 1, 2, 3" in none["sentence"]
    assert 2 * EXAMPLES == calls
    assert ("budget_ended", [2, 3]) == (some["finding"], blamed(some))
    assert "v1 + hunks 2, 3" == some["evidence"]["what"]
    assert 4 * EXAMPLES == len(lab.model.asked)


def test_without_a_regression_nothing_is_blamed(lab):
    """The first question is whether there is one."""
    lab.prompt([OLD, OLD.replace("helper", "assistant")])
    result = lab.found("blame")

    assert "nothing_to_find" == result["finding"]
    assert result["sentence"].startswith("There is no regression to blame on anything. v2 is no")
    assert ([], False, None, None) == (
        blamed(result),
        result["one_minimal"],
        result["evidence"],
        result["sureness"],
    )


def test_versions_that_differ_in_nothing_that_is_compared_are_refused(lab):
    """One model for both: then the model is no difference."""
    lab.prompt([OLD])
    lab.add(template=f"{OLD}\n", model="openai:other")
    refused = lab.asked("blame", models=["openai:mock-gen"])
    accepted = lab.asked("blame")

    assert (422, "#/bad") == (refused.status_code, refused.json()["errors"][0]["pointer"])
    assert 202 == accepted.status_code
