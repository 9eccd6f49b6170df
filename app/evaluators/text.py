import string
import unicodedata
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from app.evaluators.base import Case, InvalidEvaluatorOptions
from app.evaluators.check import NOTHING_EXPECTED, Finding, Rule, check, expected_of, passed
from app.evaluators.patterns import LinearPattern, PatternTooCostly

_ARTICLES = frozenset({"a", "an", "the"})


@check("exact", version="1")
def exact(
    *,
    ignore_case: bool = True,
    ignore_whitespace: bool = True,
    ignore_punctuation: bool = False,
) -> Rule:
    """The output equals the expected output, after Unicode normalisation (NFKC)."""

    def plain(text: str) -> str:
        text = _fold(text, ignore_case=ignore_case)
        if ignore_punctuation:
            text = _without_punctuation(text)
        return " ".join(text.split()) if ignore_whitespace else text

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        if plain(case.output) == plain(expected):
            return passed(True, "Equals the expected output.")
        return passed(False, "Differs from the expected output.")

    return judge


@check("contains", version="1")
def contains(
    *,
    phrases: Annotated[list[str], Field(min_length=1, max_length=100)] | None = None,
    mode: Literal["all", "any", "none"] = "all",
    ignore_case: bool = True,
) -> Rule:
    """The output contains all, any or none of the phrases (default: the expected output)."""
    if phrases is not None and not all(phrase.strip() for phrase in phrases):
        raise InvalidEvaluatorOptions("option phrases: a blank phrase is in every text; remove it.")

    def plain(text: str) -> str:
        return " ".join(_fold(text, ignore_case=ignore_case).split())

    def judge(case: Case) -> Finding:
        wanted = phrases or [expected for expected in [expected_of(case)] if expected]
        if not wanted:
            return NOTHING_EXPECTED
        text = plain(case.output)
        found = [phrase for phrase in wanted if plain(phrase) in text]
        missing = [phrase for phrase in wanted if phrase not in found]
        ok = {"all": not missing, "any": bool(found), "none": not found}[mode]
        return passed(ok, f"Found: {_listed(found)}. Missing: {_listed(missing)}.")

    return judge


@check("regex", version="1")
def regex(*, pattern: str | None = None) -> Rule:
    """A regular expression (RE2) matches somewhere in the output (default: the expected one)."""
    if pattern == "":
        raise InvalidEvaluatorOptions("option pattern: an empty pattern matches every text.")
    fixed = LinearPattern(pattern) if pattern is not None else None

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if fixed is None and expected is None:
            return NOTHING_EXPECTED
        try:
            compiled = fixed or LinearPattern(expected or "")
            matches = compiled.found_in(case.output)
        except (InvalidEvaluatorOptions, PatternTooCostly) as error:
            return Finding(None, str(error))
        return passed(matches, "The pattern matches." if matches else "The pattern does not match.")

    return judge


@check("similarity", version="1")
def similarity(
    *, metric: Literal["token_f1", "ratio", "token_set_ratio", "edit_distance"] = "token_f1"
) -> Rule:
    """How alike output and expected output are, from 0 to 1.

    `token_f1` is SQuAD's rule: words in common, without case, punctuation and articles.
    `ratio` compares characters in order (RapidFuzz indel); `token_set_ratio` compares the sets
    of words, and is 1 as soon as one set holds the other. `edit_distance` is 1 less the share of
    characters to insert, delete or replace (Levenshtein by the longer text).
    """
    compare = {
        "token_f1": _token_f1,
        "ratio": _ratio,
        "token_set_ratio": _token_set_ratio,
        "edit_distance": _edit_similarity,
    }[metric]

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        value = compare(_fold(case.output, ignore_case=True), _fold(expected, ignore_case=True))
        return Finding(value, f"{metric} {value:.3f}.")

    return judge


def _fold(text: str, *, ignore_case: bool) -> str:
    text = unicodedata.normalize("NFKC", text)
    return unicodedata.normalize("NFKC", text.casefold()) if ignore_case else text


def _without_punctuation(text: str) -> str:
    return "".join(c for c in text if not unicodedata.category(c).startswith("P"))


def _token_f1(output: str, expected: str) -> float:
    """Harmonic mean of token precision and recall, as in SQuAD's evaluation script."""
    got, wanted = _tokens(output), _tokens(expected)
    if not got or not wanted:
        return float(got == wanted)
    common = (got & wanted).total()
    return 2 * common / (got.total() + wanted.total())


def _ratio(output: str, expected: str) -> float:
    return fuzz.ratio(output, expected) / 100


def _edit_similarity(output: str, expected: str) -> float:
    return Levenshtein.normalized_similarity(output, expected)


def _token_set_ratio(output: str, expected: str) -> float:
    return fuzz.token_set_ratio(output, expected) / 100


def _tokens(text: str) -> Counter[str]:
    bare = _without_punctuation(text.translate(str.maketrans("", "", string.punctuation)))
    return Counter(word for word in bare.split() if word not in _ARTICLES)


def _listed(phrases: list[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases) or "nothing"
