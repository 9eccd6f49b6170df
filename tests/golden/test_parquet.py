import io
import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.golden import parquet, parquet_process
from app.golden.importing import ImportFormat, ImportRefused, ParsedExample
from tests.golden.files import Names, only_error, outcome, packed, read

SAMPLE = packed({"question": ["Why?", "How?"], "tags": [["a"], ["b", "c"]], "weight": [1.0, 2.0]})


def test_types_of_parquet_columns_are_kept():
    """Numbers stay numbers, null is no value, nested columns are lists and objects."""
    names = Names(frozenset({"n"}), frozenset({"o"}))
    content = packed(
        {"n": [1, 2], "o": [None, {"a": [True]}], "tags": [["x"], None], "weight": [0.5, None]}
    )

    assert [
        ParsedExample(input_data={"n": 1}, tags=("x",), weight=0.5),
        ParsedExample(input_data={"n": 2, "o": {"a": [True]}}),
    ] == read(content, names).rows


def test_repeated_texts_cannot_fill_the_memory():
    """A kilobyte that stands for twenty gigabytes of text is refused."""
    text = pa.array(["x" * 2**20])
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), text)
    bomb = packed({"question": repeated}, compression="zstd")

    assert len(bomb) < 10_000
    with pytest.raises(ImportRefused, match=r"unpacks to more text|too much memory"):
        read(bomb)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import os; os.abort()", "damaged"),
        ("raise SystemExit(1)", "damaged"),
        ("import sys; sys.stderr.write('Too wide.'); sys.exit(3)", "Too wide"),
        ("import time; time.sleep(60)", "too long"),
    ],
)
def test_whatever_becomes_of_the_process_is_a_refusal(monkeypatch, tmp_path, script, words):
    """A process that aborts, fails, refuses or hangs is told apart and never takes us along."""
    path = tmp_path / "process.py"
    path.write_text(script)
    monkeypatch.setattr(parquet, "SCRIPT", path)
    monkeypatch.setattr(parquet, "TIMEOUT_S", 5 if words != "too long" else 0.1)

    with pytest.raises(ImportRefused, match=words):
        read(packed({"question": ["q"]}))


def test_the_process_and_its_caller_agree_on_a_refusal():
    """The exit status that carries a sentence is the same on both sides."""
    assert parquet.REFUSED == parquet_process.REFUSED


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (pa.array([0], pa.timestamp("ms")), "timestamp[ms]"),
        (pa.array([b"x"]), "binary"),
        (pa.array([[b"x"]]), "list<element: binary>"),
        (pa.array([{"a": b"x"}]), "struct<a: binary>"),
    ],
)
def test_parquet_types_without_a_json_form(array, kind):
    """A column of timestamps or bytes is an error by its type, unless it is left out."""
    content = packed({"question": ["q"], "context": array})
    error = only_error(read(content))

    assert (1, "context", f"The column is of type {kind}; save it as text.") == error
    assert [] == read(content, columns={"context": "-"}).errors


def test_a_nested_input_without_a_json_form():
    """The parts of an unreadable `input` column are named one by one."""
    parsed = read(packed({"input": pa.array([{"question": b"x"}])}))

    assert {"input.question"} == {error.field for error in parsed.errors}


def test_a_number_that_is_none_is_an_error_of_its_row():
    """NaN in a Parquet column is reported, not taken for a value or for nothing."""
    assert (2, None) == only_error(read(packed({"question": [1.5, float("nan")]})))[:2]


def converted(content, **lowered):
    """What the process would write, without the process."""
    sink = io.BytesIO()
    parquet_process.convert(content, sink, **{"rows": 9, "columns": 9, "size": 9_999, **lowered})
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_the_process_writes_columns_and_then_rows():
    """The first line describes the columns, each other line is a row of the readable ones."""
    stamps = pa.array([0, 0], pa.timestamp("ms"))
    input_column = pa.array([{"a": [1.5]}, None])
    fixed = pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2))
    header, *rows = converted(packed({"input": input_column, "at": stamps, "f": fixed}))
    described = [(c["name"], c["children"], c["unreadable"]) for c in header["columns"]]

    assert [("input", ["a"], False), ("at", None, True), ("f", None, False)] == described
    assert [{"input": {"a": [1.5]}, "f": [1, 2]}, {"input": None, "f": [3, 4]}] == rows


@pytest.mark.parametrize(
    ("lowered", "words"),
    [
        ({"rows": 1}, "2 rows; 1 are allowed"),
        ({"columns": 1}, "2 columns; 1 are allowed"),
        ({"size": 150}, "more text"),
    ],
)
def test_the_process_refuses_with_a_sentence(capsys, lowered, words):
    """A limit ends the process with its own status and a sentence on standard error."""
    with pytest.raises(SystemExit) as ending:
        converted(packed({"question": ["Why?", "How?"], "context": ["x" * 99, "y"]}), **lowered)

    assert parquet_process.REFUSED == ending.value.code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("at", [4, -40])
def test_a_damaged_parquet_file_is_refused(at):
    """Overwritten pages or an overwritten footer refuse the file."""
    content = bytearray(packed({"question": [f"Why {n}?" for n in range(500)]}))
    content[at : at + 30] = b"\xff" * 30

    with pytest.raises(ImportRefused, match="Parquet"):
        read(bytes(content))


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), max_size=8))
@settings(max_examples=15)  # each is a process of half a second
def test_any_damage_to_parquet_is_read_or_refused(damage):
    """Flipped bytes anywhere end in rows, errors or a refusal."""
    content = bytearray(SAMPLE)
    for at, byte in damage:
        content[at] = byte

    assert all(outcome(bytes(content), ImportFormat.parquet))
