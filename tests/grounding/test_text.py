import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.grounding.text import content_words, sentences, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n - \n ... ", []),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. No met J. K. Smith at 5 p.m. today.", ["Dr. No met J. K. Smith at 5 p.m. today."]),
        ("It costs 2.50 or $1,000.00. Pay now.", ["It costs 2.50 or $1,000.00.", "Pay now."]),
        ("See e.g. the U.S. office, Fig. 3. Done.", ["See e.g. the U.S. office, Fig. 3.", "Done."]),
        (
            "No. It is in room No. 5. So am I. Fine.",
            ["No.", "It is in room No. 5.", "So am I.", "Fine."],
        ),
        (
            "He said “yes.” She left (so they say.) Then [2] rain.[3] Sun.",
            ["He said “yes.”", "She left (so they say.)", "Then [2] rain.[3]", "Sun."],
        ),
        ("in the 20th century.First for women", ["in the 20th century.", "First for women"]),
        (
            "# Title\n\n- first item\n* Second item\n3. third item",
            ["Title", "first item", "Second item", "3. third item"],
        ),
        ("1. Do this. 2. Do that.", ["1. Do this.", "2. Do that."]),
        ("a line that\nruns on. Next", ["a line that\nruns on.", "Next"]),
        ("Name: Ada\r\nTown: Bern\r\n", ["Name: Ada", "Town: Bern"]),
        ("東京は首都。人口は多い。", ["東京は首都。", "人口は多い。"]),
    ],
)
def test_where_sentences_end(text, expected):
    """Abbreviations, initials, decimals and list numbers end none; bullets and lines do."""
    assert expected == [sentence.text for sentence in sentences(text)]


def test_a_transcript_without_stops_is_cut():
    """After 60 words a new sentence begins, so that no sentence is the whole context."""
    lengths = [len(sentence.text.split()) for sentence in sentences("so " * 130)]

    assert [60, 60, 10] == lengths


@given(st.text())
def test_offsets_are_those_of_the_text(text):
    """Every sentence is found again under its offsets, in order, without overlap or loss."""
    found = sentences(text)

    assert [s.text for s in found] == [text[s.start : s.end] for s in found]
    assert sorted((s.start, s.end) for s in found) == [(s.start, s.end) for s in found]
    assert words(text) == [word for sentence in found for word in words(sentence.text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,000 and 1000 and 1000.0", ["1000", "and", "1000", "and", "1000"]),
        ("50% of 007", ["50", "percent", "of", "7"]),
        ("Five on the 3rd", ["5", "on", "the", "3"]),
        ("CAFÉ’s Zoë", ["cafe", "zoe"]),
        ("well-known, isn't it?", ["well", "known", "isn't", "it"]),
        ("東京 GPT4", ["東", "京", "gpt4"]),
    ],
)
def test_words_are_normalised(text, expected):
    """Two spellings of one word or number are one word."""
    assert expected == words(text)


@pytest.mark.parametrize(
    "family",
    [
        ("refund", "refunds", "refunded", "refunding"),
        ("city", "cities"),
        ("agree", "agrees", "agreed"),
        ("stop", "stopped", "stopping"),
        ("price", "prices", "priced", "pricing"),
        ("class", "classes"),
        ("happy", "happily"),
        ("quick", "quickly"),
        ("family", "families"),
        ("guarantee", "guarantees", "guaranteed"),
        ("need", "needs", "needed"),
        ("play", "plays", "played"),
    ],
)
def test_forms_of_a_word_share_a_stem(family):
    """Plural, past and -ing forms count as the same word."""
    assert 1 == len(set(map(stem, family)))


@pytest.mark.parametrize(
    ("one", "other"), [("bus", "bu"), ("king", "k"), ("1990s", "1990"), ("need", "ned")]
)
def test_other_words_keep_their_own_stem(one, other):
    """Stemming does not eat short words or figures."""
    assert stem(one) != stem(other)


def test_content_words_are_stems_without_stop_words():
    """What carries no content is left out."""
    assert ["refund", "arriv", "5", "day"] == content_words(
        "The refunds will have arrived in five days."
    )


@pytest.mark.timeout(30)  # a quadratic scan of this much text takes minutes
@pytest.mark.parametrize(
    "unit",
    [
        "." * 2,
        " ",
        "A. ",
        "a",
        "1",
        "1,",
        "1,111",
        ".)",
        ".[1",
        "\n",
        "- ",
        "a'",
        "e.g.",
        " \n",
        "漢",
    ],
)
def test_no_text_is_slow_to_read(unit):
    """Reading 300,000 characters of what regular expressions stumble over comes to an end."""
    text = unit * (300_000 // len(unit)) + "x"

    assert sentences(text)[-1].end <= len(text)
