import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.hallucination import SCHEMA
from app.evaluators.replies import UnreadableReply, read_reply

RECORDED = (
    Path(__file__).parents[3]
    / "shared"
    / "data"
    / "judge_tables"
    / "wice_raw_judge_responses.jsonl"
)

REPLY = {
    "claims": [
        {
            "id": 1,
            "claim": "The tower is 330 m tall.",
            "quote_from_output": 'The "tower" is\n330 m tall',
            "reason": "It says so, with {braces} and [brackets].",
            "evidence_quote": "330 m",
            "verdict": "supported",
        },
        {
            "id": 2,
            "claim": "Er steht in Köln 😀.",
            "quote_from_output": "in Köln",
            "reason": "Paris.",
            "evidence_quote": None,
            "verdict": "not_found",
        },
    ],
    "abstained": False,
    "reason": "Claim 2 is wrong.",
}
TEXT = json.dumps(REPLY, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        json.dumps(REPLY, indent=2),
        f"```json\n{TEXT}\n```",
        f"Here is my judgment:\n\n{TEXT}\n\nI hope this helps.",
        f"<think>Is it {{maybe}} so? </think>\n{TEXT}",
        TEXT.replace("\\n", "\n"),  # a line break inside a string
        TEXT.replace("}, {", "} {"),  # a comma forgotten
        TEXT.replace('false, "reason"', 'False, "reason"'),
        TEXT.replace('"abstained"', "abstained"),
        TEXT.replace("}]", "},]").removesuffix("}") + ",}",
        TEXT[:-1],  # cut before the last brace
        f"```json\n{TEXT[:-1]}\n```",
    ],
)
def test_a_reply_is_read_through_common_slips(text):
    """Fences, prose, thoughts and broken punctuation do not change what the judge said."""
    assert REPLY == read_reply(text, SCHEMA)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON object"),
        ("I cannot judge this.", "no JSON object"),
        ("[]", "no JSON object"),
        ("{", "$: 'claims' is a required property"),
        ('{"claims": []}', "required property"),
        (TEXT.replace("not_found", "unsure"), "$.claims[1].verdict: 'unsure' is not one of"),
        (TEXT.replace("false", '"no"'), "$.abstained"),
        (TEXT.replace('"id": 2', '"id": 2, "score": 0.5'), "Additional properties"),
        (TEXT.replace('"id": 2', '"id": NaN'), "$.claims[1].id"),
        (TEXT.replace("Paris", r"\u0000"), "hold NUL"),
        (TEXT.replace("Paris", r"\ud800"), "half a surrogate"),
        (TEXT[:200], ""),
        (f"{TEXT}{TEXT}", "it is not JSON"),
        ('{"claims": ' + "[" * 5_000, "nested too deeply"),
        (" " * 100_001, "longer than 100,000"),
        # mending would drop the second claim, and with it the only one unsupported
        (TEXT.replace("}, {", "} // {").replace("\\n", " "), "it is not JSON"),
    ],
)
def test_what_is_not_a_reply_is_refused(text, said):
    """The refusal says where, so that the judge can be asked again."""
    with pytest.raises(UnreadableReply) as refusal:
        read_reply(text, SCHEMA)

    assert said in str(refusal.value)


@given(cut=st.integers(0, len(TEXT)))
def test_a_cut_reply_keeps_every_claim_or_is_refused(cut):
    """A reply cut anywhere is never read as one with fewer claims."""
    try:
        claims = read_reply(TEXT[:cut], SCHEMA)["claims"]
    except UnreadableReply:
        claims = REPLY["claims"]

    assert REPLY["claims"] == claims


@given(
    place=st.integers(0, len(TEXT) - 1),
    put=st.sampled_from(['"', "{", "}", "]", ",", ":", "\\", ""]),
)
def test_a_slip_of_punctuation_changes_no_verdict(place, put):
    """One sign replaced anywhere: the verdicts are those given, or the reply is refused."""
    if TEXT[place].isalnum():
        text = TEXT[:place] + put + TEXT[place:]
    else:
        text = TEXT[:place] + put + TEXT[place + 1 :]
    try:
        verdicts = [claim["verdict"] for claim in read_reply(text, SCHEMA)["claims"]]
    except UnreadableReply:
        verdicts = ["supported", "not_found"]

    assert ["supported", "not_found"] == verdicts


@given(text=st.text() | st.text(alphabet='{}[]":,\\ntruefals0claims'))
def test_any_text_is_read_or_refused(text):
    """No text raises anything but the refusal, and what is read follows the schema."""
    try:
        reply = read_reply(text, {"type": "object"})
    except UnreadableReply:
        reply = {}

    assert isinstance(reply, dict)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded judge replies are not here")
def test_recorded_replies_in_another_format_give_no_verdict():
    """600 replies of two GPT judges, in XML: none of them is taken for a judgment."""
    recorded = [json.loads(line)["response"] for line in RECORDED.read_text().splitlines()]
    refused = 0
    for text in recorded:
        with pytest.raises(UnreadableReply):
            read_reply(text, SCHEMA)
        refused += 1

    assert 600 == refused


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded judge replies are not here")
def test_recorded_explanations_survive_inside_a_reply():
    """The same texts, with their quotes and line breaks, come back whole as reasons."""
    recorded = [json.loads(line)["response"] for line in RECORDED.read_text().splitlines()]
    replies = [json.dumps({**REPLY, "reason": text}) for text in recorded]

    assert recorded == [read_reply(f"```json\n{text}\n```", SCHEMA)["reason"] for text in replies]
