"""Whether two SQL texts are the same statements, by their syntax trees."""

from typing import TYPE_CHECKING, Literal

from app.evaluators.base import Case
from app.evaluators.check import NOTHING_EXPECTED, Finding, Rule, check, expected_of, passed
from app.evaluators.strict_json import unfenced

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Dialect = Literal[
    "bigquery", "clickhouse", "databricks", "duckdb", "mysql", "oracle", "postgres",
    "redshift", "snowflake", "spark", "sqlite", "trino", "tsql",
]  # fmt: skip

# Simplifying takes time quadratic in the conditions: 40 kB of them took 20 s, 6 kB take 1 s.
MAX_CHARACTERS = 6_000


class _NotSql(ValueError):
    """The text is no SQL statement; the message says why."""


@check("sql", version="1")
def sql(*, dialect: Dialect | None = None, allow_fences: bool = False) -> Rule:
    """The output is the same SQL as the expected output, read as syntax trees.

    Layout, comments, letter case of names, redundant brackets, the order of conditions joined by
    AND or OR and the sides of a comparison do not count; the order of columns and of tables does.
    Two queries that merely give the same rows are not the same. `dialect` is sqlglot's.
    """

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        if max(len(case.output), len(expected)) > MAX_CHARACTERS:
            return Finding(None, f"SQL of more than {MAX_CHARACTERS:,} characters is not compared.")
        try:
            wanted = _trees(expected, dialect)
        except _NotSql as error:
            return Finding(None, f"The expected output is no SQL: {error}.")
        try:
            got = _trees(unfenced(case.output) if allow_fences else case.output, dialect)
        except _NotSql as error:
            return passed(False, f"The output is no SQL: {error}.")
        if got == wanted:
            return passed(True, "The same statements as expected.")
        shown = "; ".join(tree.sql(dialect=dialect) for tree in wanted)
        return passed(False, f"Other statements than expected: {shown}")

    return judge


def _trees(text: str, dialect: Dialect | None) -> "list[Expr]":
    """The statements with names folded and conditions in order; raises _NotSql."""
    import sqlglot  # noqa: PLC0415 - 0.2 s and 40 MB that only those who compare SQL need
    from sqlglot import expressions  # noqa: PLC0415 - as above
    from sqlglot.errors import SqlglotError  # noqa: PLC0415 - as above
    from sqlglot.optimizer.normalize_identifiers import (  # noqa: PLC0415 - as above
        normalize_identifiers,
    )
    from sqlglot.optimizer.simplify import simplify  # noqa: PLC0415 - as above

    statements = (
        expressions.Query,
        expressions.DML,
        expressions.DDL,
        expressions.Alter,
        expressions.Drop,
        expressions.Command,
    )
    try:
        parsed = [
            tree
            for tree in sqlglot.parse(text, read=dialect)
            if tree is not None and not isinstance(tree, expressions.Semicolon)  # a last comment
        ]
        if not parsed:
            raise _NotSql("it is empty")
        if not all(isinstance(tree, statements) for tree in parsed):
            raise _NotSql("it is an expression without a statement")
        for tree in parsed:
            normalize_identifiers(tree, dialect=dialect)
            for name in tree.find_all(expressions.Identifier):
                name.set("quoted", False)  # once case is folded, quotes add nothing
        return [simplify(tree, dialect=dialect) for tree in parsed]
    except SqlglotError as error:
        raise _NotSql(_first_line(error)) from error
    except RecursionError as error:
        raise _NotSql("it is nested too deeply") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
