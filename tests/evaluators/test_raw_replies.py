"""What judges really wrote, and what they might: a score by the schema, or a state; never a guess."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.evaluators.base import ScoreState
from tests.evaluators.judging import CASE, REPLIES
from tests.evaluators.scripted import Script, score

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT.parent / "shared" / "data" / "judge_tables" / "wice_raw_judge_responses.jsonl"

NAMES = sorted(REPLIES)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
words = st.sampled_from(["reason", "verdict", "level", "claims", "1", "hate", "met", "severity"])
values = st.recursive(
    scalars | st.sampled_from(["correct", "first", "none", "direct", "answered"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded judges' replies are not here")
@pytest.mark.parametrize("name", NAMES)
def test_real_replies_in_another_format_are_never_scores(name):
    """600 replies of two judges, in XML: each is unparseable, and is kept as it was."""
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    replies = [json.loads(line)["response"] for line in lines]

    assert 600 == len(replies)

    for reply in replies:
        found = score(name, CASE, Script(reply))

        assert (ScoreState.judge_unparseable, None) == (found.state, found.value)
        assert reply[:500].strip() in found.details["raw"]


@given(name=st.sampled_from(NAMES), reply=values)
@example(name="refusal", reply=[{"verdict": "answered", "reason": ""}])
def test_fuzzed_json_is_a_score_only_by_its_schema(name, reply):
    """Any JSON: scored if the schema takes the one object in it, else unparseable, by no default."""
    raw = json.dumps(reply)
    script = Script(raw)
    found = score(name, CASE, script)
    schema = script.heard[0][1].response_schema

    assert found.state in {ScoreState.scored, ScoreState.judge_unparseable}
    assert (found.value is not None) is (found.state is ScoreState.scored)
    if found.state is ScoreState.scored:
        jsonschema.validate(json.loads(raw[raw.find("{") : raw.rfind("}") + 1]), schema)


@given(
    name=st.sampled_from(NAMES),
    cut=st.integers(0, 400),
    put=st.sampled_from(["", "x", '"', "}", "{", ",", "\\", "0", "\x00", "\ud800", "```", "<"]),
)
def test_a_damaged_reply_is_whole_or_nothing(name, cut, put):
    """A character lost or put in: still a score of the whole case, or none; never half of one."""
    whole = json.dumps(REPLIES[name])
    at = min(cut, len(whole))
    found = score(name, CASE, Script(whole[:at] + put + whole[at + 1 :]))
    clean = score(name, CASE, Script(whole))

    assert found.state in {ScoreState.scored, ScoreState.judge_unparseable}
    if found.state is ScoreState.scored:
        assert found.details.keys() == clean.details.keys()


@given(name=st.sampled_from(NAMES), at=st.integers(0, 2_000))
def test_a_reply_cut_short_is_no_score(name, at):
    """As after the last token a judge may write: what is left is not a verdict."""
    whole = json.dumps(REPLIES[name])
    cut = whole[: min(at, len(whole) - 2)]
    found = score(name, CASE, Script(cut))

    assert (found.value is None) or found.value == score(name, CASE, Script(whole)).value
