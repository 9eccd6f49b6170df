"""Golden examples as files over HTTP: all rows or none, and back as they were."""

import io
import json
from uuid import UUID

import pyarrow.parquet as pq
import pytest

from app.core.config import get_settings
from app.core.database import unit_of_work
from app.models import GoldenExample
from tests.golden.conftest import PROMPTS

FIELDS = (
    "input_data",
    "expected_output",
    "context",
    "criteria",
    "tags",
    "split",
    "weight",
    "critical",
    "source",
)


def upload(client, examples, content: bytes, **fields):
    return client.post(f"{examples}/import", files={"file": ("examples", content)}, data=fields)


def stored(client, examples):
    answer = client.get(examples, params={"limit": 200}).json()
    return [{key: item[key] for key in FIELDS} for item in answer["items"]]


def test_a_file_is_imported_whole(client, examples, subject, queries):
    """Columns are mapped by name, defaults filled in, and the rows are there in their order."""
    content = b"question,expected,tags,weight\nA,1,x;y,2\nB,,,\n"
    with queries.counted() as statements:
        answer = upload(client, examples, content)
    body = answer.json()

    assert 200 == answer.status_code, answer.text
    assert (2, False, 2, []) == tuple(body[k] for k in ("imported", "dry_run", "rows", "errors"))
    assert ["question", "expected", "tags", "weight"] == body["columns"]
    assert {
        "question": "input.question",
        "expected": "expected_output",
        "tags": "tags",
        "weight": "weight",
    } == body["mapping"]
    rows = stored(client, examples)
    assert rows == body["sample"]
    assert [("A", "1", ["x", "y"], 2.0, "test"), ("B", None, [], 1.0, "test")] == [
        (r["input_data"]["question"], r["expected_output"], r["tags"], r["weight"], r["split"])
        for r in rows
    ]
    assert 1 == sum("INSERT INTO golden_examples" in statement for statement in statements)


def test_a_dry_run_stores_nothing_and_tells_everything(client, examples):
    """Errors by row as a spreadsheet counts them, beside the rows that would go in."""
    content = b"question,weight\nA,1\n,2\nC,heavy\n"
    answer = upload(client, examples, content, dry_run="true")
    body = answer.json()

    assert 200 == answer.status_code, answer.text
    assert (0, True, 1) == (body["imported"], body["dry_run"], body["rows"])
    assert [(3, "question"), (4, "weight")] == [(e["row"], e["field"]) for e in body["errors"]]
    assert "A" == body["sample"][0]["input_data"]["question"]
    assert [] == stored(client, examples)


def test_one_bad_row_keeps_all_rows_out(client, examples):
    """422 with one entry for each problem; nothing is half imported."""
    refused = upload(client, examples, b"question,weight\nA,1\nB,-1\n")
    problem = refused.json()

    assert (422, "rows_refused") == (refused.status_code, problem["code"])
    assert [(3, "weight")] == [(row["row"], row["field"]) for row in problem["rows"]]
    assert "row 3" in problem["detail"]
    assert [] == stored(client, examples)


@pytest.mark.parametrize(
    ("content", "file_format", "row"),
    [
        (b"question,weight\nA,1\n\nB,2000\n", "csv", 4),
        (b'{"question": "A"}\n\n{"question": "B", "weight": 2000}\n', "jsonl", 3),
        (b'{"question": "A"}\n\n{"question": "B", "weight": 2000}\n', None, 3),
    ],
)
def test_a_file_may_hold_no_more_than_one_request(client, examples, content, file_format, row):
    """The bounds of a single example hold for rows, and blank lines do not shift their numbers."""
    fields = {"format": file_format} if file_format else {}
    refused = upload(client, examples, content, **fields)

    assert 422 == refused.status_code
    assert [(row, "weight")] == [(item["row"], item["field"]) for item in refused.json()["rows"]]


def test_a_parquet_row_has_its_number(client, examples, add):
    """The first row of Parquet is row 1."""
    for number in range(3):
        add(str(number), weight=number + 1)
    table = pq.read_table(
        io.BytesIO(client.get(f"{examples}/export", params={"format": "parquet"}).content)
    )
    heavy = table.set_column(
        table.column_names.index("weight"), "weight", [[1.0, 2_000.0, 3_000.0]]
    )
    sink = io.BytesIO()
    pq.write_table(heavy, sink)
    refused = upload(client, examples, sink.getvalue())

    assert 422 == refused.status_code
    assert [2, 3] == [item["row"] for item in refused.json()["rows"]]


def test_columns_may_be_named_by_the_caller(client, examples):
    """A column map overrides the names in the file; `-` leaves a column out."""
    columns = {"Frage": "input.question", "Note": "-"}
    answer = upload(client, examples, b"Frage,Note\nWarum?,x\n", columns=json.dumps(columns))

    assert 200 == answer.status_code, answer.text
    assert columns == answer.json()["mapping"]
    assert [{"question": "Warum?"}] == [row["input_data"] for row in stored(client, examples)]


@pytest.mark.parametrize("columns", ["[]", "{", '{"a": 1}', "null", '{"question": "nothing"}'])
def test_a_column_map_that_maps_nothing_is_refused(client, examples, columns):
    """A JSON object of texts that name fields, and nothing else."""
    assert 422 == upload(client, examples, b"question\nA\n", columns=columns).status_code


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\xff\xfe", b"question\n\xff\n", b"PAR1x", b"question\n\0\n"]
)
def test_what_is_no_file_of_examples_is_refused(client, examples, content):
    """With a sentence that says what to do, and the file as the place."""
    refused = upload(client, examples, content)

    assert 422 == refused.status_code
    assert refused.json()["detail"]
    assert [] == stored(client, examples)


def test_a_prompt_without_a_version_has_no_columns(client):
    """Nothing says which columns are inputs, so the import waits for a version."""
    made = client.post(PROMPTS, json={"name": "later"}).json()
    refused = upload(client, f"{PROMPTS}/{made['id']}/golden-examples", b"question\nA\n")

    assert 409 == refused.status_code
    assert "later" in refused.json()["detail"]


def test_a_file_over_the_limit_is_refused(client, examples, monkeypatch):
    """The body is counted while it streams in; nothing of it is parsed."""
    monkeypatch.setattr(get_settings(), "import_limit_bytes", 1_000)
    big = upload(client, examples, b"question\n" + b"A\n" * 60_000)

    assert 413 == big.status_code
    assert [] == stored(client, examples)


def test_a_form_without_a_file_says_so(client, examples):
    """A missing part is named."""
    answer = client.post(f"{examples}/import", data={"dry_run": "true"})

    assert 422 == answer.status_code
    assert "#/file" in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("file_format", "media_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("jsonl", "application/jsonl"),
        ("parquet", "application/vnd.apache.parquet"),
    ],
)
def test_an_export_is_a_file_with_a_name(client, examples, add, file_format, media_type):
    """An attachment called after the prompt, also when there is nothing in it."""
    empty = client.get(f"{examples}/export", params={"format": file_format})
    add("=1+1")
    full = client.get(f"{examples}/export", params={"format": file_format})

    for answer in (empty, full):
        assert (200, media_type) == (answer.status_code, answer.headers["content-type"])
        name = f'attachment; filename="support-answer.golden.{file_format}"'
        assert name == answer.headers["content-disposition"]
    assert len(empty.content) < len(full.content)


def test_an_export_is_filtered_like_the_list(client, examples, add):
    """The same filters, with the same bounds."""
    for number in range(6):
        add(str(number), split="train" if number == 5 else "test")
    only = client.get(f"{examples}/export", params={"split": "train"}).text.splitlines()

    assert ["5"] == [json.loads(line)["input_data"]["question"] for line in only]
    assert 422 == client.get(f"{examples}/export", params={"format": "xlsx"}).status_code
    assert 422 == client.get(f"{examples}/export", params={"q": "\0"}).status_code


def test_an_export_goes_on_after_the_first_thousand(client, examples, subject, prompt):
    """It is read in batches, none of which is lost or repeated."""
    with unit_of_work(subject.workspace_id) as session:
        session.add_all(
            GoldenExample(
                prompt_id=UUID(prompt["id"]), input_data={"question": n}, created_by="test"
            )
            for n in range(2_001)
        )
    lines = client.get(f"{examples}/export").text.splitlines()

    assert set(range(2_001)) == {json.loads(line)["input_data"]["question"] for line in lines}
    assert 2_001 == len(lines)
