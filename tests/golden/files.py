"""Small files to import, written in the tests themselves."""

import io
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from app.golden.importing import ImportRefused, RowError, parse


class Names(NamedTuple):
    """The variables of a prompt."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


QUESTION = Names(frozenset({"question"}))
RAG = Names(frozenset({"question", "context"}), frozenset({"tone"}))


def read(content, variables=QUESTION, **given):
    data = content.encode() if isinstance(content, str) else content
    return parse(data, variables=variables, **given)


def packed(columns, **given):
    """A Parquet file of these columns."""
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, **given)
    return sink.getvalue()


def only_error(parsed):
    (error,) = parsed.errors
    return error


def outcome(content, fmt=None):
    """The rows and errors, or the refusal; anything else raised fails the test."""
    try:
        parsed = read(content, fmt=fmt)
    except ImportRefused as refusal:
        return [RowError(1, None, str(refusal))]
    return parsed.rows + parsed.errors
