import sys

import pytest

from app.cli import output


@pytest.mark.parametrize(
    ("terminal", "no_color", "expected"),
    [(True, "", "\x1b[32mok\x1b[0m"), (True, "1", "ok"), (False, "", "ok")],
)
def test_colour_is_for_a_terminal_that_wants_it(monkeypatch, terminal, no_color, expected):
    """NO_COLOR and a pipe both mean no."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("NO_COLOR", no_color)

    assert expected == output.painted("ok", "green")


def test_columns_are_as_wide_as_their_widest_cell():
    """And no line ends in blanks."""
    assert "A     B\nlong\nx     c" == output.columns([("A", "B"), ("long", ""), ("x", "c")])


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (7300, "2 h"), (200_000, "2 d")],
)
def test_durations_are_spelled_in_their_largest_unit(seconds, expected):
    """Rounded down: 119 s are one minute."""
    assert expected == output.spelled(seconds)
