import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, InvalidEvaluatorOptions, ScoreState, build
from tests.evaluators.scripted import score, value

METRICS = ["token_f1", "ratio", "token_set_ratio", "edit_distance"]


@pytest.mark.parametrize(
    ("output", "expected", "options", "wanted"),
    [
        ("Paris", "paris", {}, 1.0),
        ("Paris", "paris", {"ignore_case": False}, 0.0),
        ("  a\n b ", "a b", {}, 1.0),
        ("a  b", "a b", {"ignore_whitespace": False}, 0.0),
        ("Paris.", "Paris", {}, 0.0),
        ("“Paris”!", "Paris", {"ignore_punctuation": True}, 1.0),
        ("ＡＢＣ①", "abc1", {}, 1.0),  # compatibility forms
        ("STRASSE", "straße", {}, 1.0),  # case folding, not lower case
        ("Lyon", "Paris", {}, 0.0),
    ],
)
def test_exact(output, expected, options, wanted):
    """Each normalisation forgives what its option says and nothing else."""
    assert wanted == value("exact", output, expected, **options)


@pytest.mark.parametrize(
    ("mode", "output", "wanted"),
    [
        ("all", "Refunds within 30 days by card", 1.0),
        ("all", "refunds only", 0.0),
        ("any", "a CARD", 1.0),
        ("any", "nothing", 0.0),
        ("none", "nothing", 1.0),
        ("none", "a card", 0.0),
    ],
)
def test_contains(mode, output, wanted):
    """All, any or none of the phrases decide."""
    assert wanted == value("contains", output, None, phrases=["refunds", "card"], mode=mode)


def test_contains_reads_the_expected_output_by_default():
    """Without phrases the expected output is the phrase, across line breaks."""
    assert 1.0 == value("contains", "It is\nthe  Eiffel\ntower.", "the eiffel tower")
    assert 0.0 == value("contains", "It is the eiffel tower", "Eiffel", ignore_case=False)


def test_contains_names_what_is_missing():
    """The reason tells found phrases from missing ones."""
    case = Case(output="red")

    assert (
        "Found: “red”. Missing: “blue”." == score("contains", case, phrases=["red", "blue"]).reason
    )


@pytest.mark.parametrize(
    ("pattern", "output", "wanted"),
    [
        (r"^\d{4}$", "2024", 1.0),
        (r"^\d{4}$", "in 2024", 0.0),
        (r"(?i)order\s+#\d+", "Your ORDER #17 is here", 1.0),
        (r"\pL+é", "le café", 1.0),
        ("(a+)+$", "a" * 50_000 + "b", 0.0),  # exponential in a backtracking engine
        ("\ufffd", "half \ud83d a pair", 1.0),
    ],
)
def test_regex(pattern, output, wanted):
    """A match anywhere is 1, none is 0, and hostile patterns run in linear time."""
    assert wanted == value("regex", output, None, pattern=pattern)


def test_regex_reads_the_expected_output_by_default():
    """The expected output may be the pattern; one that cannot run is not applicable."""
    broken = score("regex", Case(output="x", expected="(?=x)"))

    assert 1.0 == value("regex", "room 12", r"room \d+")
    assert ScoreState.not_applicable == broken.state
    assert "no look-around" in broken.reason


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"(?=a)", "no look-around"),
        (r"(a)\1", "no back-references"),
        ("(a", "cannot be run"),
        ("a{2000}", "up to 1,000"),
        ("a" * 1_001, "1,001 characters"),
        ("\ud800", "not valid Unicode"),
        ("", "matches every text"),
    ],
)
def test_regex_refuses_what_it_cannot_run(pattern, said):
    """A pattern is compiled when the evaluator is built, and refused with a sentence."""
    with pytest.raises(InvalidEvaluatorOptions, match=said):
        build("regex", {"pattern": pattern})


def test_regex_gives_no_verdict_that_would_take_too_long():
    """70,000 instructions on 100,000 characters are 20 s of work: not judged, not failed."""
    found = score("regex", Case(output="ab" * 50_000), pattern="(?:[ab]?){999}" * 35)

    assert ScoreState.not_applicable == found.state
    assert "too large for a text of 100,000 characters" in found.reason


@pytest.mark.parametrize(
    ("metric", "output", "expected", "wanted"),
    [
        ("token_f1", "The Eiffel Tower!", "eiffel tower", 1.0),
        ("token_f1", "a tower in Paris", "tower of Paris", 2 / 3),
        ("token_f1", "one two two", "two two three", 2 / 3),
        ("token_f1", "Lyon", "Paris", 0.0),
        ("token_f1", "the", "a", 1.0),  # nothing left on either side
        ("token_f1", "", "Paris", 0.0),
        ("ratio", "abcd", "ABCX", 0.75),
        ("ratio", "", "x", 0.0),
        ("token_set_ratio", "paris france", "France, Paris", 0.96),
        ("token_set_ratio", "in paris", "paris", 1.0),
        ("edit_distance", "kitten", "Sitting", 4 / 7),
        ("edit_distance", "", "Paris", 0.0),
    ],
)
def test_similarity(metric, output, expected, wanted):
    """Each metric gives the value worked out by hand."""
    assert wanted == pytest.approx(value("similarity", output, expected, metric=metric))


@pytest.mark.parametrize("name", ["exact", "contains", "regex", "similarity"])
@pytest.mark.parametrize("expected", [None, "", " \n"])
def test_without_an_expected_output_nothing_is_judged(name, expected):
    """No expected output is a state of its own, never 0 and never a pass."""
    found = score(name, Case(output="x", expected=expected))

    assert ScoreState.not_applicable == found.state
    assert found.value is None
    assert "no expected output" in found.reason


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("exact", {"ignore_case": "yes"}, "option ignore_case: Input should be a valid boolean"),
        ("exact", {"fuzzy": True}, "option fuzzy: Unexpected keyword argument"),
        ("contains", {"phrases": "refund"}, "option phrases: Input should be a valid list"),
        ("contains", {"phrases": []}, "at least 1 item"),
        ("contains", {"phrases": [" "]}, "a blank phrase is in every text"),
        ("contains", {"mode": "most"}, "option mode: Input should be 'all', 'any' or 'none'"),
        ("similarity", {"metric": "bleu"}, "option metric"),
    ],
)
def test_wrong_options_are_refused_with_a_sentence(name, options, said):
    """The sentence names the option and what it takes."""
    with pytest.raises(InvalidEvaluatorOptions, match=said):
        build(name, options)


def test_other_options_are_another_version():
    """Options that change scores change the version; spelling out a default does not."""
    assert "1" == build("exact").version
    assert "1" == build("exact", {"ignore_case": True}).version
    assert build("exact", {"ignore_case": False}).version.startswith("1-")
    assert build("numeric", {"rel_tol": 1}).version == build("numeric", {"rel_tol": 1.0}).version


@given(text=st.text().filter(str.strip))
def test_a_text_equals_itself(text):
    """Whatever is in a text, it equals, contains and resembles itself."""
    assert 1.0 == value("exact", text, text)
    assert 1.0 == value("contains", text, text)
    assert 1.0 == value("similarity", text, text)


@given(one=st.text(), other=st.text().filter(str.strip), metric=st.sampled_from(METRICS))
def test_similarity_is_a_share(one, other, metric):
    """Similarity of any two texts is a number from 0 to 1."""
    assert 0.0 <= value("similarity", one, other, metric=metric) <= 1.0


@given(pattern=st.text(max_size=30), text=st.text())
def test_any_pattern_runs_or_is_refused(pattern, text):
    """No pattern and no text makes the evaluator raise while scoring."""
    try:
        judge = build("regex", {"pattern": pattern})
    except InvalidEvaluatorOptions:
        judge = build("regex")

    assert judge.name == score("regex", Case(output=text, expected=pattern)).evaluator
