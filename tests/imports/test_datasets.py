"""Datasets of other tools: OpenAI evals, Langfuse, tables as on Hugging Face."""

import io
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.imports.sending import examples, left_out, report, send


def lines(*rows: object) -> str:
    return "\n".join(map(json.dumps, rows))


@pytest.fixture
def there(client) -> str:
    """A prompt that reads `question`; what it is called."""
    made = client.post(
        "/api/v1/prompts", json={"name": "support/answer", "template": "{{ question }}"}
    )
    assert 201 == made.status_code
    return made.json()["id"]


def chat(asked: str, system: str = "Say {a|b}.") -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": asked}]


def test_evals_of_messages_are_a_prompt_and_its_examples(client):
    """What all lines say is the prompt, the rest its variable; a second answer is told of."""
    file = lines(
        {"input": chat("2+2?"), "ideal": "4"},
        {"input": chat("3+3?"), "ideal": ["6", "six"]},
        {"input": [{"role": "user", "content": "alone"}], "ideal": "x", "sampling": 1},
    )
    told = report(client, file, "arithmetic.jsonl")
    (prompt,) = told["prompts"]
    version = client.get(f"/api/v1/prompts/{prompt['id']}/versions").json()["items"][0]
    full = client.get(f"/api/v1/prompts/{prompt['id']}/versions/{version['id']}").json()

    assert ("openai_evals", "arithmetic") == (told["format"], prompt["name"])
    assert chat("{input}", "Say {{a|b}}.") == full["messages"]
    assert [({"input": "2+2?"}, "4"), ({"input": "3+3?"}, "6")] == [
        (one["input_data"], one["expected_output"]) for one in examples(client, prompt["id"])
    ]
    assert {"line 2: ideal", "line 3: input", "line 3: sampling"} == left_out(told).keys()


def test_evals_of_items_go_to_a_prompt_that_is_there(client, there):
    """An item's fields are inputs; the one that other tools call the answer is expected."""
    told = report(
        client, lines({"item": {"question": "2+2?", "ideal": 4}}), prompt="support/answer"
    )

    assert "openai_evals" == told["format"]
    assert [({"question": "2+2?"}, "4")] == [
        (e["input_data"], e["expected_output"]) for e in examples(client, there)
    ]


def test_langfuse_items_as_json_and_as_csv_are_the_same_examples(client, there):
    """An object is inputs by name; archived ones stay out."""
    items = [
        {"id": "a", "input": {"question": "2+2?"}, "expectedOutput": "4", "metadata": {"x": 1}},
        {"id": "b", "input": {"question": "3+3?"}, "expectedOutput": {"sum": 6}, "metadata": None},
        {"id": "c", "input": "old", "expectedOutput": "", "status": "ARCHIVED"},
    ]
    table = "id,input,expectedOutput,metadata,status\n" + "".join(
        ",".join(
            '"' + (value if isinstance(value, str) else json.dumps(value)).replace('"', '""') + '"'
            for value in (
                i["id"],
                i["input"],
                i["expectedOutput"],
                i.get("metadata") or "",
                i.get("status", "ACTIVE"),
            )
        )
        + "\n"
        for i in items
    )
    whole = report(client, json.dumps({"data": items}), "items.json", prompt="support/answer")
    by_row = report(client, table, "items.csv", prompt="support/answer")
    found = [(e["input_data"], e["expected_output"], e["source"]) for e in examples(client, there)]

    assert ["langfuse"] * 2 == [whole["format"], by_row["format"]]
    assert {"[0].metadata", "[2]"} == left_out(whole).keys()
    assert {"row 2.metadata", "row 4"} == left_out(by_row).keys()
    assert found[:2] == found[2:]
    assert [
        ({"question": "2+2?"}, "4", "langfuse a"),
        ({"question": "3+3?"}, '{"sum": 6}', "langfuse b"),
    ] == found[:2]


def test_a_plain_input_of_langfuse_is_the_only_one_the_prompt_needs(client, there):
    """A text, or whatever it is."""
    items = [{"input": "2+2?", "expectedOutput": "4"}, {"input": ["a"], "expectedOutput": None}]
    told = report(client, json.dumps(items), "items.json", prompt="support/answer")
    found = [(e["input_data"], e["expected_output"]) for e in examples(client, there)]

    assert 2 == told["golden_examples"]
    assert [({"question": "2+2?"}, "4"), ({"question": ["a"]}, None)] == found


def test_langfuse_prompts_become_versions_in_their_order(client):
    """Text and chat, model and parameters; placeholders are no messages."""
    entries = [
        {
            "name": "Support/Hello",
            "version": 2,
            "type": "chat",
            "prompt": chat("{{name}}", "Be kind."),
            "config": {"model": "gpt-5-mini", "temperature": 0.2, "beam": 4},
            "labels": ["production"],
        },
        {
            "name": "Support/Hello",
            "version": 1,
            "type": "text",
            "prompt": "Hello {{name}}",
            "config": {"model": "titan"},
        },
        {
            "name": "Support/Hello",
            "version": 3,
            "type": "chat",
            "prompt": [{"type": "placeholder", "name": "history"}],
        },
    ]
    told = report(client, json.dumps(entries), "prompts.json")

    assert ("langfuse", "support/hello") == (told["format"], told["prompts"][0]["name"])
    assert [("[1].prompt", 1), ("[0].prompt", 2)] == [
        (v["where"], v["number"]) for v in told["versions"]
    ]
    assert ["openai:gpt-5-mini"] == told["models"]
    assert {"[0].config.beam", "[0].labels", "[1].config.model", "[2].prompt[0]"} == left_out(
        told
    ).keys()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_table_goes_to_a_prompt_by_its_columns(client, there, kind):
    """Columns are mapped by name or as said; one that is left out is told of."""
    row = {"Frage": "2+2?", "answer": "4", "id": "7"}
    buffer = io.BytesIO()
    parquet.write_table(pa.table({name: [value] for name, value in row.items()}), buffer)
    file = {
        "csv": ",".join(row) + "\n" + ",".join(row.values()) + "\n",
        "jsonl": json.dumps(row),
        "parquet": buffer.getvalue(),
    }[kind]
    columns = json.dumps({"Frage": "input.question", "id": "-"})
    told = report(client, file, f"train.{kind}", prompt="support/answer", columns=columns)

    assert "hugging_face" == told["format"]
    assert {"column id"} == left_out(told).keys()
    assert [({"question": "2+2?"}, "4")] == [
        (e["input_data"], e["expected_output"]) for e in examples(client, there)
    ]


@pytest.mark.parametrize(
    ("fmt", "good", "bad"),
    [
        ("hugging_face", {"question": "x", "answer": "y"}, {"answer": "y"}),
        ("openai_evals", {"item": {"question": "x", "ideal": "y"}}, {"item": {"ideal": "y"}}),
        ("openai_evals", {"item": {"question": "x", "ideal": "y"}}, None),
    ],
)
def test_one_bad_row_of_many_is_named_and_nothing_is_stored(client, there, fmt, good, bad):
    """Row 4,711 of 5,000: the refusal says so, a dry run lists it."""
    rows = [json.dumps(good)] * 5_000
    rows[4_710] = json.dumps(bad) if bad else "{"
    file = "\n".join(rows)
    refused = send(client, file, "big.jsonl", format=fmt, prompt="support/answer")
    dry = send(client, file, "big.jsonl", format=fmt, prompt="support/answer", dry_run=True)

    assert 422 == refused.status_code
    assert "4711" in refused.json()["detail"]
    assert [] == examples(client, there)
    assert not bad or [4_711] == [error["row"] for error in dry.json()["errors"]]
    assert bad or 422 == dry.status_code


def test_a_prompt_without_a_version_says_what_is_missing(client):
    """Nothing tells what the columns mean yet."""
    client.post("/api/v1/prompts", json={"name": "empty"})
    refused = send(client, "question,answer\nx,y\n", "a.csv", prompt="empty")

    assert 409 == refused.status_code
    assert "no version yet" in refused.json()["detail"]


def test_anothers_prompt_is_an_unknown_one(client, stranger, there):
    """The same 404 for a prompt of another workspace and for none."""
    theirs = send(stranger, "question\nx\n", "a.csv", prompt="support/answer")
    nobodys = send(stranger, "question\nx\n", "a.csv", prompt="support/nobody")

    assert 404 == theirs.status_code == nobodys.status_code
    assert theirs.json()["detail"] == nobodys.json()["detail"]
    assert [] == examples(client, there)


@pytest.mark.parametrize(
    ("file", "filename", "form", "pointer"),
    [
        ("{}", "a.json", {}, "#/prompt"),
        ("[1]", "a.json", {"format": "langfuse"}, None),
        ("nonsense", "a.jsonl", {"format": "openai_evals"}, "#/file"),
        ('{"other": 1}', "a.jsonl", {"format": "openai_evals"}, "#/file"),
        ("a,b\n1", "a.csv", {"format": "langfuse"}, "#/file"),
        ("question\nx\n", "a.csv", {"prompt": "support/answer", "columns": "[1]"}, "#/columns"),
        ("question\nx\n", "a.csv", {"prompt": "Not A Name"}, "#/prompt"),
        (
            json.dumps([{"name": "a", "prompt": "x"}, {"name": "b", "prompt": "y"}]),
            "a.json",
            {"prompt": "c"},
            "#/prompt",
        ),
    ],
)
def test_what_cannot_be_imported_says_why(client, file, filename, form, pointer):
    """422 with the field that is wrong."""
    refused = send(client, file, filename, **form)

    assert 422 == refused.status_code, refused.text
    assert pointer is None or pointer == refused.json()["errors"][0]["pointer"]
