import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.quotes import Source, excerpt, storable

TEXT = "The “Eiffel Tower” — built in 1889 — is 330 m tall.\nIt stands in 東京とパリ, not in Lyon."


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("built in 1889", "built in 1889"),
        ("the EIFFEL tower, built", "The “Eiffel Tower” — built"),
        ("330 m tall. It stands", "330 m tall.\nIt stands"),
        ("The Eifel Tower built in 1889", "The “Eiffel Tower” — built in 1889"),  # a typing slip
        ("京とパ", "京とパ"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote, passage):
    """Case, spacing, punctuation and a slip are forgiven; offsets are those of the text given."""
    span = Source(TEXT).find(quote)

    assert span is not None
    assert passage.strip("“") in TEXT[slice(*span)] or TEXT[slice(*span)] in passage


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " … ",
        "built in 1899",
        "The Eiffel Tower built in 1888 is 330 m tall",
        "in 188",
        "the tower is made of iron",
        TEXT + " and more",
    ],
)
def test_what_the_text_does_not_say_is_not_found(quote):
    """Nothing, other words, another number, or more than the whole text."""
    assert Source(TEXT).find(quote) is None


def test_a_number_is_looked_up_as_a_whole_word():
    """A later whole word wins over an earlier part of one."""
    text = "In 2012 it took 20 days."

    assert text.index("20 days") == Source(text).find("20").start
    assert Source("In 2012.").find("20") is None


def test_a_span_ends_with_a_word():
    """A likely match that touches the space after a word does not reach into the next word."""
    text = "alpha beta gamma delta omega is here to stay"

    assert "delta omega is here to" == text[slice(*Source(text).find("delta omexga is here to"))]


@given(
    before=st.text(),
    quote=st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1),
    after=st.text(),
)
def test_what_stands_in_a_text_is_found(before, quote, after):
    """Any words copied from a text are found in it, at words that fold to the same."""
    text = f"{before} {quote} {after}"
    span = Source(text).find(quote)

    assert span is not None
    assert 0 <= span.start < span.end <= len(text)
    assert Source(text[slice(*span)]).find(quote) is not None


@given(text=st.text() | st.text(alphabet="a\ud800\x00é😀"), limit=st.integers(3, 40))
def test_an_excerpt_can_be_stored(text, limit):
    """At most `limit` bytes, valid UTF-8, no NUL; short clean texts stay as they are."""
    kept = excerpt(text, limit)

    assert len(kept.encode()) <= limit
    assert "\x00" not in kept
    assert kept == storable(text) or limit < len(storable(text).encode())
