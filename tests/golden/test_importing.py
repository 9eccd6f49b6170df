import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.golden import limits
from app.golden.importing import ImportFormat, ImportRefused, ParsedExample, RowError, parse
from tests.golden.files import QUESTION, only_error, outcome, packed, read

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT.parent / "shared" / "data" / "golden"


@pytest.mark.parametrize(
    "content",
    [
        b"question,expected\nWhy?,So\n",
        b"\xef\xbb\xbfquestion,expected\r\nWhy?,So\r\n",
        b'\n {"question": "Why?", "expected": "So"}\n\n',
        b'\xef\xbb\xbf{"input_data": {"question": "Why?"}, "expected_output": "So"}',
        packed({"question": ["Why?"], "expected": ["So"]}),
        packed({"input": [{"question": "Why?"}], "ideal": ["So"]}),
    ],
)
def test_the_content_tells_the_format(content):
    """CSV, JSONL and Parquet are told apart without a file name."""
    expected = ParsedExample(input_data={"question": "Why?"}, expected_output="So")

    assert ([expected], []) == read(content)[:2]


def test_every_field_of_a_csv_row():
    """All fields are read, tags and numbers from their text."""
    parsed = read(
        "question,expected_output,context,criteria,tags,split,weight,critical,source\n"
        "Why?,So,Text,Be short, a; b ;,dev, 2.5 ,Yes,ticket 7\n"
        'How?,,,,"[""a;b""]",,,,\n'
    )
    full = ParsedExample(
        input_data={"question": "Why?"},
        expected_output="So",
        context="Text",
        criteria="Be short",
        tags=("a", "b"),
        split="dev",
        weight=2.5,
        critical=True,
        source="ticket 7",
    )

    assert [] == parsed.errors
    assert [full, ParsedExample(input_data={"question": "How?"}, tags=("a;b",))] == parsed.rows


def test_rows_are_numbered_as_a_spreadsheet_does():
    """A row with line breaks in quotes is one row, and a blank line counts."""
    parsed = read('question,weight\r\n"one\r\ntwo\nthree",1\r\n\r\nfour,heavy\r\n')

    assert ["one\r\ntwo\nthree"] == [row.input_data["question"] for row in parsed.rows]
    assert RowError(4, "weight", "A weight is a number above 0.") == only_error(parsed)


def test_text_stays_text():
    """A CSV cell is never taken for a number or for JSON unless its column says so."""
    parsed = read("question,expected\n007,1e5\n[1],null\n")

    assert [("007", "1e5"), ("[1]", "null")] == [
        (row.input_data["question"], row.expected_output) for row in parsed.rows
    ]


def test_a_marked_column_holds_json():
    """`:json` after an input's name reads each cell as JSON, and says where it is not."""
    parsed = read('input.question:json\n"[1, {""a"": null}]"\nnull\n7\nseven\n')

    assert [[1, {"a": None}], None, 7] == [row.input_data["question"] for row in parsed.rows]
    assert (5, "input.question:json") == only_error(parsed)[:2]
    assert {"input.question:json": "input.question:json"} == parsed.mapping
    assert [1] == read("q\n[1]\n", columns={"q": "input.question:json"}).rows[0].input_data[
        "question"
    ]


def test_other_types_become_text_where_text_is_meant():
    """A number or list as expected output of a JSONL row is kept as its JSON text."""
    parsed = read('{"question": 3, "expected": 42, "context": ["a", "ü"], "tags": "x;y"}')

    assert [
        ParsedExample(
            input_data={"question": 3},
            expected_output="42",
            context='["a", "ü"]',
            tags=("x", "y"),
        )
    ] == parsed.rows


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\x1f\x8brest", "gzip"),
        (b"\xff\xfeq\x00", "UTF-16"),
        (b'[{"question": "Why?"}]', "one JSON object on each line"),
        (b"question\nWhy\xff\n", "Byte 12 is not UTF-8"),
        (b'{"question": "\xc3', "Byte 14 is not UTF-8"),
        (b"question\n" + b"x" * 2**20 + b"\xe2\x82(", "Byte 1,048,585 is not UTF-8"),
        (b"question;expected\nWhy?;So\n", "commas"),
        (b"question,question\n", "Two columns"),
        (b'"question\n', "Row 1 is not CSV"),
        (b"PAR1 and then nothing", "damaged"),
        (b"a," * 200 + b"a\n", "201 columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(content, words):
    """The reason names the offset, the limit or what to do instead."""
    with pytest.raises(ImportRefused, match=words):
        read(content)


@pytest.mark.parametrize(
    ("limit", "lowered", "content", "words"),
    [
        ("importing.FILE_BYTES", 5, b"question\n", "larger than"),
        ("importing.ROWS", 2, b"question\na\nb\nc\n", "more than 2 rows"),
        ("importing.COLUMNS", 2, b'{"question": 1, "tags": [], "split": 1}', "more than 2 columns"),
        ("tables.COLUMNS", 2, b"question,tags,split\n", "3 columns; 2 are allowed"),
        ("tables.LINES", 9, b"question\n" + b"\n" * 9, "more than 9 lines"),
        ("tables.LINES", 9, b'{"question": 1}' + b"\n" * 10, "more than 9 lines"),
        ("tables.ROW_CHARACTERS", 20, b'question\n"' + b"x\n" * 12, "closing quote"),
        ("tables.ROW_CHARACTERS", 20, b'{}\n{"question": "Why so?"}', "Line 2"),
        ("tables.VALUES", 5, b'question\n",\n,,,\n,,"', "closing quote"),
        (
            "importing.VALUES",
            5,
            b'{"question": [1, 2]}\n{"question": [1, 2, [3]]}',
            "5 JSON values",
        ),
        ("parquet.ROWS", 2, packed({"question": ["q"] * 3}), "3 rows; 2 are allowed"),
        ("parquet.COLUMNS", 1, packed({"question": ["q"], "tags": [["t"]]}), "2 columns; 1 are"),
        ("parquet.UNPACKED_BYTES", 500, packed({"question": ["x" * 999]}), "more text than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_over_a_limit_is_refused(monkeypatch, limit, lowered, content, words):
    """Every limit holds, in each format it is for; it is lowered here to keep the files small."""
    monkeypatch.setattr(f"app.golden.{limit}", lowered)

    with pytest.raises(ImportRefused, match=words):
        read(content)


def test_a_named_format_is_not_guessed():
    """A format the caller names is read as that, and an empty CSV has no header."""
    assert "[" in read("[\nWhy?\n", fmt=ImportFormat.csv, columns={"[": "input.question"}).mapping
    with pytest.raises(ImportRefused, match="no column names"):
        read("", fmt=ImportFormat.csv)
    with pytest.raises(ImportRefused, match="Parquet"):
        read("question\nWhy?\n", fmt=ImportFormat.parquet)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"question": "a\\u0000b"}', "NUL"),
        ('{"question": "\\ud800"}', r"half a character \(\\ud800\)"),
        ('{"question": NaN}', "NaN is not JSON"),
        ('{"question": 1e999}', "inf is not a number"),
        ('{"question": ' + "9" * 5000 + "}", "too long"),
        ('{"question": 1, "question": 2}', "'question' appears twice"),
        ('{"question": ' + "[" * 70 + "1" + "]" * 70 + "}", "more than 64 deep"),
        ('{"question": "' + "ü" * 2**19 + 'x"}', "longer than 1,048,576 bytes"),
        ('{"question": ', "not JSON"),
        ('{"question": [' + "1," * 2_000_000 + "1]}", "more than 2,000,000 values"),
        ("7", "not a JSON object"),
        ('{"input": {"question": 1}, "input.question": 2}', "under 'input.question' twice"),
        ('{"question": "q", "tags": [""]}', "not empty"),
        ('{"question": "q", "tags": 7}', "up to 50 texts"),
        ('{"question": "q", "tags": "' + "t;" * 51 + '"}', "up to 50 texts"),
        ('{"question": "q", "weight": 0}', "above 0"),
        ('{"question": "q", "weight": true}', "above 0"),
        ('{"question": "q", "weight": 1' + "0" * 400 + "}", "too large"),
        ('{"question": "q", "weight": "1e999"}', "too large"),
        ('{"question": "q", "critical": "maybe"}', "true or false"),
    ],
    ids=range(20),
)
def test_a_row_that_does_not_fit_is_an_error_with_its_line(line, words):
    """A bad line is named by its number and does not touch the others."""
    good = '{"question": "Why?"}'
    parsed = read(f"{good}\n\n{line}\n{good}\n", fmt=ImportFormat.jsonl)

    assert 3 == only_error(parsed).row
    assert 2 == len(parsed.rows)
    with pytest.raises(ValueError, match=words):
        raise ValueError(only_error(parsed).message)


def test_deep_brackets_in_a_text_are_only_text():
    """Brackets within strings do not count as depth."""
    text = '{"question": "' + "[{" * 100 + ' \\" [[["}'
    wide = '{"question": [' + "[1]," * 100 + "1]}"

    assert [] == read(text).errors + read(wide).errors


def test_every_problem_of_a_row_is_told():
    """One row can have several errors, each with its column."""
    parsed = read("question,weight,critical\nWhy?,-1,maybe\n")

    assert [(2, "weight"), (2, "critical")] == [error[:2] for error in parsed.errors]


def test_a_row_with_the_wrong_number_of_cells():
    """A cell too many or too few moves every later one, so that it is an error."""
    parsed = read("question,expected\nWhy?\nHow?,So\nWhy?,So,So\n")

    assert [2, 4] == [error.row for error in parsed.errors]
    assert 1 == len(parsed.rows)


@pytest.mark.parametrize("broken", ['"Why" not?,So\n', '"never closed,So\n', "x" * (2**20 + 1)])
def test_broken_quotes_stop_the_reading_in_their_row(broken):
    """A quote out of place is an error of its row, and nothing after it is guessed at."""
    parsed = read(f"question,expected\nWhy?,So\n{broken}")

    assert 3 == only_error(parsed).row
    assert "not CSV" in only_error(parsed).message


def test_a_thousand_errors_are_enough():
    """Reading stops at the cap, so that a wrong file costs no more."""
    parsed = read("{}\n" * 5_000)

    assert limits.ERRORS == len(parsed.errors)
    assert limits.ERRORS == parsed.errors[-1].row


csv_parts = [*'",;\n\r\t\x00=[{}]:aé', "'", "question", ",", "\n", "\ufeff"]
json_parts = [*'"{}[],:\n\\u0d8aé', '{"question":', "null", "\\ud800"]
hostile = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(csv_parts)).map(
        lambda parts: f"question,a\n{''.join(parts)}".encode()
    ),
    st.lists(st.sampled_from(json_parts)).map(lambda parts: ("{" + "".join(parts)).encode()),
)


@given(hostile, st.sampled_from([None, ImportFormat.csv, ImportFormat.jsonl]))
@settings(max_examples=400)
def test_any_bytes_are_rows_errors_or_a_refusal(content, fmt):
    """No bytes raise anything but ImportRefused, and every error has a row and a sentence."""
    errors = [found for found in outcome(content, fmt) if isinstance(found, RowError)]

    assert all(error.row >= 1 and error.message for error in errors)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_is_bounded_for_the_worst_files_known():
    """Fifty megabytes of commas, brackets, quotes, emoji or tags stay below half a gigabyte."""
    script = """
from pathlib import Path
from types import SimpleNamespace
from app.golden.importing import ImportRefused, parse

names = SimpleNamespace(required=frozenset({"q"}), optional=frozenset())
size = 50 * 2**20 - 100
worst = [
    lambda: b"q\\n" + b"," * size,
    lambda: b"q\\n" + b'"\\n",' * (size // 4),
    lambda: b'{"q": ' + b"[" * size,
    lambda: b'{"q": [' + b"[]," * 5_000_000 + b"1]}",
    lambda: b"q\\n" + (b'"' + "🙂".encode() + b"x" * 900_000 + b'"\\n') * 55,
    lambda: b"q,tags\\n" + (b"x," + b"abcdefg;" * 49 + b"z\\n") * 99_000,
]
for content in worst:
    try:
        parse(content(), variables=names)
    except ImportRefused:
        pass
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert int(run.stdout) < 512


def test_only_parquet_loads_pyarrow():
    """Importing CSV and JSONL costs neither pyarrow nor pandas."""
    script = """
import sys
from types import SimpleNamespace
from app.golden.exporting import export
from app.golden.importing import ImportFormat, parse

names = SimpleNamespace(required=frozenset({"q"}), optional=frozenset())
for fmt in (ImportFormat.csv, ImportFormat.jsonl):
    rows = parse(b'q\\nwhy\\n', variables=names).rows
    assert rows == parse(b"".join(export(rows, fmt)), variables=names).rows
print({"pyarrow", "pandas", "numpy"} & set(sys.modules))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "set()" == run.stdout.strip()


@pytest.mark.skipif(not GOLDEN.exists(), reason="the golden data are not beside this checkout")
@pytest.mark.parametrize(("name", "rows"), [("truthfulqa", 415), ("gsm8k_test", 669)])
def test_public_question_sets_are_read(name, rows):
    """Real files with columns of their own come in whole once those are left out."""
    content = (GOLDEN / f"{name}.jsonl").read_bytes()
    parsed = parse(content, columns={"*": "-"}, variables=QUESTION)

    assert [] == parsed.errors
    assert rows == len(parsed.rows)
    assert "input.question" == parsed.mapping["input"]
    assert all(row.expected_output for row in parsed.rows)
