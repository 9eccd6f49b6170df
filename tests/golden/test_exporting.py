import csv
import io
import json
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.golden import parquet, parquet_process
from app.golden.cells import escape, unescape
from app.golden.exporting import export
from app.golden.importing import ImportFormat, ParsedExample, parse
from app.golden.limits import TAGS


class Names(NamedTuple):
    required: frozenset[str]
    optional: frozenset[str]


NAMES = Names(frozenset({"question"}), frozenset({"context", "n", "items"}))

# what breaks naive files, beside anything else that UTF-8 can hold
AWKWARD = ["", "'", "''", "'=1", "=1+1", "+49 30 1", "-5.2", "-x", "@SUM(A1)", "\t=1", "\r\n", "\n"]
AWKWARD += ["\r", "＝1", " =1", "\ufeff=1", "a,b;c", '"', '""', "'tis", "null", "[1]", "007", "1e5"]
awkward = st.sampled_from([*AWKWARD, "ü €", "🙂"])
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = awkward | st.text(letters, max_size=12)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
inputs = st.fixed_dictionaries(
    {"question": values}, optional={"context": texts, "n": values, "items": values}
)
examples = st.builds(
    ParsedExample,
    input_data=inputs | st.fixed_dictionaries({"question": texts}),
    expected_output=st.none() | texts,
    context=st.none() | texts,
    criteria=st.none() | texts,
    tags=st.lists(texts.filter(bool), max_size=4).map(tuple),
    split=st.none() | texts,
    weight=st.floats(min_value=0, exclude_min=True, allow_infinity=False),
    critical=st.booleans(),
    source=st.none() | texts,
)


def written(rows, fmt):
    return b"".join(export(rows, fmt))


def inputs_of(example):
    """JSON tells 1 from 1.0 and from true, which are equal in Python."""
    return json.dumps(dict(sorted(example.input_data.items())))


def table(rows):
    return list(csv.reader(io.StringIO(written(rows, ImportFormat.csv).decode("utf-8-sig"), "")))


@pytest.fixture
def _in_process():
    """Unpacks Parquet without a process for each example."""

    def unpack(content):
        sink = io.BytesIO()
        most = {"rows": 10**6, "columns": 10**6, "size": 10**9}
        parquet_process.convert(content, sink, **most)
        return sink.getvalue()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "unpack", unpack)
        yield


@pytest.mark.usefixtures("_in_process")
@pytest.mark.parametrize("fmt", ImportFormat)
@given(rows=st.lists(examples, min_size=1, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_is_imported_as_it_was(fmt, rows):
    """Export, then import without naming the format, is the identity for every format."""
    parsed = parse(written(rows, fmt), variables=NAMES)

    assert [] == parsed.errors
    assert rows == parsed.rows
    assert list(map(inputs_of, rows)) == list(map(inputs_of, parsed.rows))


@pytest.mark.parametrize("fmt", ImportFormat)
def test_many_examples_come_in_pieces(fmt):
    """A file longer than a piece is whole again once joined."""
    rows = [ParsedExample(input_data={"question": f"{n} " * 100}) for n in range(2_000)]

    assert rows == parse(io.BytesIO(written(rows, fmt)), variables=NAMES).rows


@pytest.mark.parametrize("fmt", ImportFormat)
def test_a_full_set_of_tags_survives(fmt):
    """The most tags an example may have are still read back."""
    rows = [ParsedExample(input_data={"question": "q"}, tags=tuple(map(str, range(TAGS))))]

    assert rows == parse(written(rows, fmt), variables=NAMES).rows


def test_an_empty_set_has_a_header_and_no_rows():
    """Nothing to export is a header in CSV, no line in JSONL and a table of no rows in Parquet."""
    anything = Names(frozenset(), frozenset())

    assert 1 == len(table([]))
    assert b"" == written([], ImportFormat.jsonl)
    assert [] == parse(written([], ImportFormat.parquet), variables=anything).rows


@given(texts)
def test_no_cell_of_a_csv_file_runs(text):
    """After white space no cell begins with a sign a spreadsheet computes, numbers excepted."""
    cell = escape(text)
    visible = cell.lstrip("\ufeff\u200b").lstrip()

    assert text == unescape(cell)
    assert not cell.startswith(("\t", "\r", "\n"))
    if visible[:1] in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}:
        assert isinstance(float(cell), float)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (None, ""),
        ("", "'"),
        ("'", "''"),
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        ("＝1", "'＝1"),
        ("\u200b@x", "'\u200b@x"),
        ("-5.2", "-5.2"),
        ("+1", "+1"),
        ("-5 or so", "'-5 or so"),
        ("'tis", "'tis"),
        ("plain", "plain"),
    ],
)
def test_the_apostrophe_by_example(text, cell):
    """One apostrophe goes before formulas and the empty text, and nowhere else."""
    assert cell == escape(text)
    assert text == unescape(cell)


def test_json_is_written_only_where_the_type_needs_it():
    """A column of texts stays plain; one with a number anywhere is marked and holds JSON."""
    rows = [
        ParsedExample(input_data={"question": "42", "n": 7}),
        ParsedExample(input_data={"question": "why", "n": "7", "items": ["a"]}, tags=("x", "y")),
    ]
    header, first, second = table(rows)

    assert ["input.question", "input.n:json", "input.items:json"] == header[:3]
    assert ["42", "7", ""] == first[:3]
    assert ["why", '"7"', '["a"]'] == second[:3]
    assert "x;y" == second[header.index("tags")]
