import pytest

from app.golden.importing import ImportRefused, ParsedExample
from tests.golden.files import RAG, Names, only_error, read


def test_a_mapping_names_fields_and_leaves_columns_out():
    """What the caller maps is taken as said, the rest by name; '*' leaves the unknown out."""
    parsed = read(
        "q,gold,answer,notes,Tags\nWhy?,So,raw,n,x\n",
        columns={"q": "input.question", "gold": "expected_output", "notes": "-", "*": "-"},
    )

    assert [] == parsed.errors
    assert {
        "q": "input.question",
        "gold": "expected_output",
        "answer": "-",
        "notes": "-",
        "Tags": "tags",
    } == parsed.mapping
    assert ["q", "gold", "answer", "notes", "Tags"] == parsed.columns
    assert (
        ParsedExample(input_data={"question": "Why?"}, expected_output="So", tags=("x",))
        == parsed.rows[0]
    )


@pytest.mark.parametrize(
    "column", ["question", "input.question", "input_data.question", " Question ", "QUESTION"]
)
def test_names_of_an_input_column(column):
    """An input is found by its name, with a prefix or in another case."""
    assert "input.question" == read(f"{column}\nWhy?\n").mapping[column.strip()]


@pytest.mark.parametrize(
    "column",
    ["expected", "Ideal", "answer", "reference", "output", "expectedOutput", "Expected Output"],
)
def test_names_of_the_expected_output(column):
    """The names other tools use for the expected output are known."""
    assert "expected_output" == read(f"question,{column}\nWhy?,So\n").mapping[column]


def test_a_column_called_input_is_the_only_variable():
    """`input` stands for the prompt's variable when there is just one it can mean."""
    several = Names(frozenset({"question"}), frozenset({"tone"}))

    assert "input.question" == read('{"input": "Why?"}', several).mapping["input"]
    assert 2 == len(read('{"input": "Why?"}', RAG).errors[:2])


def test_a_variable_called_like_a_field_needs_its_prefix():
    """`context` is the field; the message says how to name the variable."""
    parsed = read("question,context\nWhy?,Text\n", RAG)

    assert (1, "input.context") == only_error(parsed)[:2]
    assert "call it input.context" in only_error(parsed).message
    assert [] == read("question,input.context,context\nWhy?,a,b\n", RAG).errors


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("question,notes", "notes"),
        ("question,input.mood", "input.mood"),
        ("question,", "column 2"),
        ("question,-", "-"),
        ("question,expected,answer", "answer"),
        ("question," + "x" * 201, "x" * 201),
        ("question,a\x00", "a\x00"),
    ],
)
def test_an_unusable_column_is_one_error(header, field):
    """Unknown, nameless and doubled columns are named once, in row 1, not once a row."""
    cells = ",".join("v" for _ in header.split(","))
    parsed = read(f"{header}\n{cells}\n{cells}\n")

    assert (1, field) == only_error(parsed)[:2]
    assert "-" == parsed.mapping[field]


def test_a_missing_variable_is_one_error_for_a_table_and_one_a_line_for_jsonl():
    """Columns are known beforehand in CSV; each line of JSONL has its own."""
    table = read("expected\nSo\nSo\n")
    lines = read('{"expected": "So"}\n{"question": "Why?"}\n{"question": null}\n{}')

    assert (1, "input.question", "No column gives the variable question.") == only_error(table)
    assert [1, 4] == [error.row for error in lines.errors]
    assert ["Why?", None] == [row.input_data["question"] for row in lines.rows]


def test_an_empty_cell_gives_no_value():
    """An empty cell of a required input is an error; an apostrophe is the empty text."""
    parsed = read("question,expected\n,So\n',So\n")

    assert (2, "question") == only_error(parsed)[:2]
    assert [""] == [row.input_data["question"] for row in parsed.rows]


@pytest.mark.parametrize(
    "columns",
    [
        {"q": "question"},
        {"q": "input.mood"},
        {"q": "expected"},
        {"*": "expected_output"},
        {"q": "expected_output:json"},
    ],
)
def test_a_mapping_to_nothing_known_is_refused(columns):
    """A target is a field, an input of the prompt or '-'; the message lists them."""
    with pytest.raises(ImportRefused, match=r"input\.question, expected_output"):
        read("q\nWhy?\n", columns=columns)


def test_a_mapped_column_must_be_there():
    """A mapping of a column that the file does not have is an error, not a no-op."""
    parsed = read("question\nWhy?\n", columns={"gold": "expected_output", "*": "-"})

    assert (1, "gold") == only_error(parsed)[:2]
