import json
from math import log

from app.grounding.idf import TABLE, idf


def test_rare_words_weigh_more():
    """A word in half the sentences weighs less than a rare one, an unseen one the most."""
    learnt = json.loads(TABLE.read_text(encoding="utf-8"))
    most = log(learnt["sentences"] + 1)

    assert 0 < idf("year") < idf("physics") < idf("zyzzyva") == most


def test_a_word_and_its_stem_weigh_the_same():
    """The table holds stems; a caller may ask with the word."""
    assert idf("year") == idf("years")


def test_the_table_is_words_and_counts_and_small():
    """Derived figures only: no text of the data can be read back from it."""
    counts = json.loads(TABLE.read_text(encoding="utf-8"))["counts"]

    assert all(" " not in word and isinstance(n, int) and n >= 3 for word, n in counts.items())
    assert TABLE.stat().st_size <= 200_000
