"""Text that no reader of a file acts on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.inert import excerpt, one_line, plain
from tests.reports.hostile import CSI, ESC, RLO, TAG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, größer – 🙂", "plain text, größer – 🙂"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        (f"{ESC}[31mred", "␛[31mred"),
        ("nul\x00 delete\x7f tab\t", "nul␀ delete␡ tab\t"),
        (f"{CSI}2J\ufffe", "\ufffd2J\ufffd"),
        (f"user{RLO}gpj.exe{TAG}", "user⟨U+202E⟩gpj.exe⟨U+E0041⟩"),
    ],
)
def test_what_cannot_be_seen_is_shown(text, expected):
    """Controls have a picture, directions a number, line ends are one character."""
    assert expected == plain(text)


@given(st.text(st.characters()))
def test_nothing_active_is_left_of_any_text(text):
    """Only tab and newline below the space; done twice it changes nothing more."""
    once = plain(text)

    assert [] == [c for c in once if (c < " " and c not in "\t\n") or "\x7f" <= c <= "\x9f"]
    assert once == plain(once)
    assert once == once.encode().decode()


def test_a_long_text_says_how_much_is_missing():
    """An excerpt is never mistaken for the whole."""
    assert "abc" == excerpt("abc", 3)
    assert "abc … (1,997 more characters)" == excerpt("abc" + "x" * 1997, 3)


def test_one_line_is_one_line():
    """Runs of white space of every kind are a single space."""
    assert "a b ␇c" == one_line(" a\t\r\n b \x07c ")
