"""`GET /prompts/diff`: what changed, and what finished experiments say it did."""

from tests.prompts.conftest import PROMPTS, arm


def compare(client, old, new):
    return client.get(f"{PROMPTS}/diff", params={"from": old, "to": new})


def test_a_diff_tells_text_variables_and_settings(client, prompt, add_version):
    """Patch, hunks that rebuild both texts, variables by name, settings by pointer."""
    old = prompt["latest_version"]["id"]
    new = add_version(
        "Answer.\nQuestion: {{ question }}\nIn {{ lang }}", parameters={"temperature": 0.5}
    )
    answer = compare(client, old, new["id"])
    body = answer.json()
    words = [w for hunk in body["hunks"] for line in hunk["lines"] for w in line["words"]]

    assert 200 == answer.status_code
    assert (1, 2) == (body["from"]["number"], body["to"]["number"])
    assert new["template"] == "".join(w["text"] for w in words if w["op"] != "delete")
    assert body["unified"].startswith("--- v1\n+++ v2\n")
    assert {"added": ["lang"], "removed": ["tone"]} == body["variables"]
    assert [{"path": "/parameters/temperature", "op": "insert", "old": None, "new": 0.5}] == body[
        "parameters"
    ]
    assert body["effect"] is None


def test_a_text_and_a_chat_prompt_are_compared_as_messages(client, prompt):
    """A text prompt is one user message."""
    url = f"{PROMPTS}/{prompt['id']}/versions"
    chat = client.post(url, json={"messages": [{"role": "user", "content": "Hi"}]}).json()
    text = client.post(url, json={"template": "Hi", "message": "as text"}).json()
    body = compare(client, chat["id"], text["id"]).json()

    assert ("", []) == (body["unified"], body["parameters"])


def test_versions_of_different_prompts_cannot_be_compared(client, prompt):
    """422, and an unknown id is 404; a version compared with itself is no change."""
    other = client.post(PROMPTS, json={"name": "other", "template": "x"}).json()
    mine, theirs = prompt["latest_version"]["id"], other["latest_version"]["id"]

    assert 422 == compare(client, mine, theirs).status_code
    assert 404 == compare(client, mine, prompt["id"]).status_code
    assert 422 == compare(client, mine, "x").status_code
    same = compare(client, mine, mine).json()
    assert ("", None) == (same["unified"], same["effect"])


def test_the_versions_of_a_diff_may_be_named(client, prompt, add_version):
    """By name and number, label or `latest`, as a version is served; each tells what it follows."""
    new = add_version("Two")
    name = prompt["name"]
    body = compare(client, f"{name}@1", f"{name}@latest").json()

    assert [prompt["latest_version"]["id"], new["id"]] == [body["from"]["id"], body["to"]["id"]]
    assert (None, 1) == (body["from"]["parent_number"], body["to"]["parent_number"])
    assert 404 == compare(client, f"{name}@1", f"{name}@99").status_code


def test_the_effect_is_read_from_the_newest_experiment_with_both(
    client, prompt, add_version, finished
):
    """Paired difference, money, median latency, how many got worse."""
    old, new = prompt["latest_version"]["id"], add_version("Two")["id"]
    comparison = {
        "baseline_arm": 0,
        "candidate_arm": 1,
        "metric": "score",
        "difference": -0.25,
        "interval": [-0.5, -0.125],
        "wins": 3,
        "losses": 14,
    }
    finished(prompt["id"], [arm(1), arm(2)])
    experiment = finished(
        prompt["id"],
        [arm(1, model="a:b"), arm(1, arm=7, avg_score=0.1), arm(2, avg_score=0.5, cost_usd="0.03")],
        comparisons=[comparison],
    )
    finished(prompt["id"], [arm(2)])
    effect = compare(client, old, new).json()["effect"]

    assert str(experiment) == effect["experiment_id"]
    assert {
        "before": 0.8,
        "after": 0.5,
        "difference": -0.25,
        "interval": [-0.5, -0.125],
    } == effect["score"]
    assert ["0.0400000000", "0.03", "-0.0100000000"] == list(effect["cost"].values())
    assert (200.0, 200.0, 0.0, None) == tuple(effect["latency"].values())
    assert 14 == effect["regressed"]


def test_an_effect_is_turned_round_with_the_question(client, prompt, add_version, finished):
    """From the candidate back to the baseline the signs change and wins are what got worse."""
    old, new = prompt["latest_version"]["id"], add_version("Two")["id"]
    finished(
        prompt["id"],
        [arm(1, avg_score=0.5), arm(2, avg_score=0.75)],
        comparisons=[
            {"baseline_arm": 0, "candidate_arm": 5, "difference": 1.0, "interval": None},
            {"baseline_arm": 5, "candidate_arm": 1, "difference": None},
            {
                "baseline_arm": 0,
                "candidate_arm": 1,
                "metric": "score",
                "difference": 0.25,
                "interval": [0.125, 0.5],
                "wins": 9,
                "losses": 2,
            },
        ],
    )
    effect = compare(client, new, old).json()["effect"]

    assert (0.75, 0.5, -0.25, [-0.5, -0.125]) == tuple(effect["score"].values())
    assert 9 == effect["regressed"]


def test_what_an_experiment_does_not_know_is_null(client, prompt, add_version, finished):
    """Not judged is no score, an unknown price is no cost, no pair means nobody counted."""
    old, new = prompt["latest_version"]["id"], add_version("Two")["id"]
    experiment = finished(
        prompt["id"],
        [arm(1), arm(2, avg_score=None, cost_usd=None, latency_ms=None)],
    )
    effect = compare(client, old, new).json()["effect"]

    assert {
        "experiment_id": str(experiment),
        "score": None,
        "cost": None,
        "latency": None,
        "regressed": None,
    } == effect
