"""SQL is compared as syntax trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, InvalidEvaluatorOptions, ScoreState, build
from app.evaluators.sql import MAX_CHARACTERS
from tests.evaluators.scripted import score, value

QUERY = "SELECT name, COUNT(*) FROM orders WHERE a = 1 AND b > 2 GROUP BY name"


@pytest.mark.parametrize(
    ("output", "expected", "options", "wanted"),
    [
        (QUERY, QUERY, {}, 1.0),
        (f"{QUERY.lower()};\n-- done", QUERY, {}, 1.0),
        (QUERY.replace("a = 1 AND b > 2", "(2 < b) AND 1 = a"), QUERY, {}, 1.0),
        (QUERY.replace(">", ">="), QUERY, {}, 0.0),
        (QUERY.replace("name, COUNT(*)", "COUNT(*), name"), QUERY, {}, 0.0),
        (f"{QUERY}; DROP TABLE orders", QUERY, {}, 0.0),
        ('SELECT "Name" FROM t', "SELECT name FROM t", {}, 0.0),
        ("SELECT `a` FROM `t`", "select a from t", {"dialect": "mysql"}, 1.0),
        ("SELECT TOP 3 a FROM t", "select top 3 a from t", {"dialect": "tsql"}, 1.0),
        ("INSERT INTO t (a) VALUES (1)", "insert into T(A) values (1)", {}, 1.0),
        ("create table t (a int)", "CREATE TABLE t (a INT)", {}, 1.0),
        ("DROP TABLE t", "drop table t", {}, 1.0),
        ("ALTER TABLE t ADD COLUMN a INT", "alter table t add column a int", {}, 1.0),
        (f"```sql\n{QUERY}\n```", QUERY, {"allow_fences": True}, 1.0),
        (f"```sql\n{QUERY}\n```", QUERY, {}, 0.0),
        ("I cannot do that.", QUERY, {}, 0.0),
        ("orders", QUERY, {}, 0.0),
        ("", QUERY, {}, 0.0),
        ("SELECT '", QUERY, {}, 0.0),
        ("SELECT " + "(" * 3_000, QUERY, {}, 0.0),
    ],
)
def test_sql(output, expected, options, wanted):
    """What does not change the statement does not count; what does, counts."""
    assert wanted == value("sql", output, expected, **options)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (None, "no expected output"),
        ("Say something.", "The expected output is no SQL"),
        ("-- nothing", "it is empty"),
        ("orders", "an expression without a statement"),
        ("SELECT 1 " + " " * MAX_CHARACTERS, "characters is not compared"),
    ],
)
def test_without_sql_to_compare_with_nothing_is_judged(expected, said):
    """A state of its own, with what is wrong."""
    found = score("sql", Case(output=QUERY, expected=expected))

    assert (ScoreState.not_applicable, None) == (found.state, found.value)
    assert said in found.reason


def test_another_dialect_is_another_version():
    """And one that nobody speaks is refused."""
    assert build("sql").version != build("sql", {"dialect": "mysql"}).version
    with pytest.raises(InvalidEvaluatorOptions, match="option dialect"):
        build("sql", {"dialect": "klingon"})


WORDS = [
    "SELECT",
    "a",
    "FROM",
    "t",
    "WHERE",
    "=",
    "1",
    "/",
    "0",
    "'x'",
    "(",
    ")",
    ",",
    "AND",
    "NOT",
]
WORDS += ["DATE '2024-02-30'", "INTERVAL '1' day", "+", "CASE", "END", ";", "*", "NULL", "--"]


@given(words=st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_any_output_is_judged(words):
    """Nothing that looks like SQL makes the evaluator raise, as output or as expectation."""
    assert value("sql", words, QUERY) in {0.0, 1.0}
    assert value("sql", words, f"SELECT {words}") in {None, 0.0, 1.0}
