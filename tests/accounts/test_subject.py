"""Scopes in words, as the command line reads them."""

import pytest

from app.accounts.subject import Scope, parse_scopes


@pytest.mark.parametrize(
    ("text", "expected"),
    [("all", set(Scope)), ("read", {Scope.read}), (" read , ci ,", {Scope.read, Scope.ci})],
)
def test_scopes_are_written_with_commas(text, expected):
    """As on the command line."""
    assert expected == parse_scopes(text)


@pytest.mark.parametrize("text", ["", ",", "root", "read,root"])
def test_an_unknown_scope_is_named_with_those_there_are(text):
    """The sentence says what to choose from."""
    with pytest.raises(ValueError, match="choose from all, read, write"):
        parse_scopes(text)
