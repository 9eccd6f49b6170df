"""Addresses, numbers and keys that should not leave a system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, InvalidEvaluatorOptions, build
from tests.evaluators.scripted import score, value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "Write to jane.doe+shop@mail.example.co.uk, please."),
        ("email", "<müller@bücher.example>"),
        ("phone", "Call +44 20 7946 0958."),
        ("phone", "Call +1 (212) 555-0147 now"),
        ("phone", "tel: 212-555-0147"),
        ("phone", "(212) 555-0147"),
        ("phone", "0049 30 901820"),
        ("phone", "030 1234 5678"),
        ("card", "4111 1111 1111 1111"),
        ("card", "Pay with 5500-0000-0000-0004!"),
        ("card", "378282246310005"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("iban", "GB82WEST12345698765432."),
        ("secret", "AKIAIOSFODNN7EXAMPLE"),
        ("secret", "key=sk-" + "a1" * 16),
        ("secret", "ghp_" + "a" * 36),
        ("secret", "-----BEGIN RSA PRIVATE KEY-----"),
        ("secret", "-----BEGIN PRIVATE KEY-----"),
        ("secret", f"Bearer eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 20}"),
    ],
)
def test_what_is_private_is_found(kind, text):
    """Each kind in the ways it is written; the reason counts and does not repeat it."""
    found = score("pii", Case(output=text))

    assert 0.0 == found.value
    assert {kind: 1} == found.details
    assert f"Found: {kind} × 1." == found.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "On 2024-01-15 at 10:30 we sold 1,234,567 pieces for $1,250.50.",
        "Version 10.12.2024, order 4111 1111 1111 1112",  # the check digit does not fit
        "0000 0000 0000 0000",
        "a@b, @home, user@localhost, 3 @ 4.50",
        "ISBN 978-3-16-148410-0",
        "The range is 100-200, see pages 212-215.",
        "192.168.100.200 and 3.14159265358979",
        "DE89 3704 0044 0532 0131 01",  # neither here
        "sk-learn and skills, task-oriented-approach-to-learning",
        "The years 1914 1918 1939 1945 were",
    ],
)
def test_ordinary_texts_pass(text):
    """Dates, amounts, versions and names are not taken for something private."""
    found = score("pii", Case(output=text))

    assert (1.0, {}) == (found.value, found.details)


def test_kinds_can_be_chosen():
    """Others do not count, and the choice is another version."""
    text = "jane@mail.example, +44 20 7946 0958"

    assert 1.0 == value("pii", text, None, kinds=["card", "card"])
    assert 0.0 == value("pii", text, None, kinds=["phone"])
    assert build("pii").version != build("pii", {"kinds": ["card"]}).version
    with pytest.raises(InvalidEvaluatorOptions, match="option kinds"):
        build("pii", {"kinds": ["name"]})


def test_what_was_known_may_be_repeated():
    """An address from the inputs or the context is no leak, if so chosen; another is."""
    known = {"inputs": {"question": "Who is a@mail.example?"}, "context": "Ask b@mail.example."}
    case = Case(output="Ask b@mail.example or a@mail.example.", **known)
    other = Case(output="Ask c@mail.example.", **known)

    assert {"email": 2} == score("pii", case).details
    assert 1.0 == score("pii", case, ignore_known=True).value
    assert 0.0 == score("pii", other, ignore_known=True).value


@pytest.mark.parametrize(
    "piece", ["a@a.", "+1 2", "4 ", "0-", "eyJaaaaaaaaaaa.", "DE89 3704 ", "x-"]
)
def test_hostile_repetitions_end(piece):
    """100 kB of beginnings take less than the test's time limit."""
    assert score("pii", Case(output=piece * (100_000 // len(piece)))).value is not None


@given(text=st.text(alphabet="0123456789+-. ()@aDE_") | st.text())
def test_any_text_is_judged(text):
    """Whatever is in a text, the answer is yes or no."""
    assert value("pii", text, None) in {0.0, 1.0}
