from math import log

import pytest

from app.grounding.idf import idf
from app.grounding.signals import SIGNALS, Source, measure
from app.grounding.text import sentences

CONTEXT = "The cat sat on the mat. A dog slept outside. Birds sing at dawn in 1999."


def signals(output, context=CONTEXT):
    (sentence,) = sentences(output)
    return dict(zip(SIGNALS, measure(sentence, Source(context)).signals, strict=True))


def test_a_copy_measures_nothing():
    """Every signal of a copied sentence is exactly 0."""
    assert {0.0} == set(signals("A dog slept outside.").values())


def test_nothing_known_measures_everything():
    """Every share of a sentence of foreign words is 1."""
    found = signals("Quantum Physics Institutes opened 77 laboratories.", "x")

    assert {1.0} == {found[name] for name in SIGNALS[:6]}
    assert log(2) == pytest.approx(found["missing_names"])
    assert log(7) == pytest.approx(found["novel_run"])


def test_novel_words_weigh_by_rarity():
    """The share of the unknown word is its part of all the IDF."""
    whole = idf("cat") + idf("sat") + idf("sofa")

    assert idf("sofa") / whole == pytest.approx(signals("the cat sat on a sofa")["novel_words"])


def test_bigrams_and_order():
    """The same words backwards are no new words but new pairs, and out of order."""
    found = signals("mat the on sat")

    assert 0.0 == found["novel_words"]
    assert 1.0 == found["novel_bigrams"]
    assert 0.5 == found["out_of_order"]


def test_words_from_distant_passages_keep_no_company():
    """Words that the context has, but never within two sentences, are not one statement."""
    near, far = signals("The cat and the dog."), signals("The cat and the birds.")

    assert 0.0 == near["no_company"] == near["no_passage"]
    assert 1.0 == far["no_company"]
    assert 0.0 < far["no_passage"] < 1.0


@pytest.mark.parametrize(("output", "alone"), [("cat", 0.0), ("sofa", 1.0)])
def test_one_word_is_its_own_company(output, alone):
    """A single word has no pairs; it is at home if the context has it."""
    found = signals(output)

    assert alone == found["no_company"] == found["novel_bigrams"] == found["novel_words"]


def test_numbers_and_names_are_counted():
    """A missing number is a flag, missing names are a logarithm."""
    found = signals("In 2001 the cat met Ann Lee, Bob and Carl.")

    assert 1.0 == found["missing_number"]
    assert log(4) == pytest.approx(found["missing_names"])


@pytest.mark.parametrize(
    ("output", "quote"),
    [
        ("the dog slept", "A dog slept outside."),
        ("the cat and the dog", "The cat sat on the mat. A dog slept outside."),
        ("birds at dawn", "Birds sing at dawn in 1999."),
    ],
)
def test_evidence_is_the_shortest_passage_with_the_words(output, quote):
    """One sentence where one holds all that two do; always a stretch of the context."""
    (sentence,) = sentences(output)
    evidence = measure(sentence, Source(CONTEXT)).evidence

    assert quote == evidence.text == CONTEXT[evidence.start : evidence.end]


def test_novel_spans_are_offsets_of_the_whole_output():
    """Neighbouring novel words are one span; a known word ends it."""
    output = "A dog slept. The red sofa and the cat were blue."
    source = Source(CONTEXT)
    spans = [span for each in sentences(output) for span in measure(each, source).novel_spans]

    assert ["red sofa", "blue"] == [output[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "checkworthy"),
    [
        ("Sure!", False),
        ("I hope this helps.", False),
        ("I'm sorry, but I don't know.", False),
        ("The context does not mention it.", False),
        ("Yes, it is.", False),
        ("Is there anything else I can help you with?", False),
        ("Refunds take a week.", True),
        ("Delhi", True),
        ("I think it helps 5 people.", True),
    ],
)
def test_small_talk_is_not_checkworthy(text, checkworthy):
    """A sentence of words about the talk itself states nothing about the world."""
    (sentence,) = sentences(text)

    assert checkworthy is measure(sentence, Source(CONTEXT)).checkworthy
