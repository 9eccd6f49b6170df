"""The export over HTTP, of experiments that really ran."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

from app.core.database import Role, unit_of_work
from app.reports import exporting, loading
from app.reports.exporting import ReportFormat
from tests.reports.hostile import HOSTILE
from tests.reports.reading import read_html, text_of
from tests.support.experiments import finished, started
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

FORMATS = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "jsonl": ("application/jsonl", "jsonl"),
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "html": ("text/html; charset=utf-8", "html"),
    "junit": ("application/xml", "junit.xml"),
}
STORABLE = [text.replace("\x00", "") for text in HOSTILE]  # the database takes no NUL


def exported(client, experiment_id, fmt: str):
    answer = client.get(f"/api/v1/experiments/{experiment_id}/export", params={"format": fmt})
    assert 200 == answer.status_code, answer.text
    return answer


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in answer.text.split("\n") if line]


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_all_formats_tell_the_same_of_a_real_experiment(client, subject, worker):
    """Two versions through the workers, the worse one second; every file says regression."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=24)
    experiment_id = started(client, made, evaluators=["similarity", "hallucination"], baseline=1)
    status = finished(client, experiment_id)
    files = {fmt: exported(client, experiment_id, fmt) for fmt in FORMATS}

    assert {fmt: told for fmt, (told, _) in FORMATS.items()} == {
        fmt: answer.headers["content-type"] for fmt, answer in files.items()
    }
    assert {
        fmt: f'attachment; filename="experiment-{experiment_id}.{suffix}"'
        for fmt, (_, suffix) in FORMATS.items()
    } == {fmt: answer.headers["content-disposition"] for fmt, answer in files.items()}
    records, rows = lines(files["jsonl"]), table(files["csv"])
    assert list(range(48)) == [record["case_no"] for record in records]
    assert 96 == len(rows)
    for result in status["results"]:
        mine = [r["scores"] for r in records if r["version_number"] == result["version_number"]]
        values = [s["score"] for scores in mine for s in scores if s["evaluator"] == "similarity"]
        assert pytest.approx(result["avg_score"]) == sum(values) / len(values)
    assert "regression" == status["verdict"]["verdict"]
    sentence = status["verdict"]["sentence"]
    page = read_html(files["html"].text)
    assert sentence in text_of(page)
    assert files["markdown"].text.startswith("**REGRESSION**: v2 is worse than v1")
    root = ET.fromstring(files["junit"].text)
    assert ["v2: verdict", "v2: similarity", "v2: hallucination"] == [
        suite.get("name") for suite in root
    ]
    assert sentence in root.find(".//testcase[@name='verdict']/failure").text
    newly_failing = status["verdict"]["changes"]["newly_failing_count"]
    assert newly_failing == len(root[1].findall(".//failure")) > 0
    assert min(20, newly_failing) == files["markdown"].text.count("<details>")


@pytest.fixture
def bench_client(bench, client_of):
    return client_of(make_key(bench.subject))


def run(bench, **asked):
    experiment_id = bench.start(**asked)
    bench.apart.work_off()
    return experiment_id


def test_hostile_answers_are_inert_in_every_format(bench, bench_client):
    """What a model answers is told as text, and JSONL gives it back as it was."""

    def answer(prompt: str) -> str:
        word, number = prompt.split()[:2]
        return "The Fernbrook kettle holds 1.7 litres." if word == "A" else STORABLE[int(number)]

    bench.answers(answer)
    templates = ("A {{ number }} {{ question }}", "B {{ number }} {{ question }}")
    experiment_id = run(bench, templates=templates, examples=len(STORABLE), baseline=1)
    files = {fmt: exported(bench_client, experiment_id, fmt) for fmt in FORMATS}

    answered = [r["output"] for r in lines(files["jsonl"]) if r["version_number"] == 2]
    assert STORABLE == answered
    outputs = [row["output"] for row in table(files["csv"]) if row["version"] == "v2"]
    assert [] == [text for text in outputs if text[:1] in "=+@\t\r\n" and text]
    page = read_html(files["html"].text)
    assert [] == [found.tag for found in page.iter() if found.tag in {"script", "img", "iframe"}]
    assert "]]>" not in files["junit"].text
    ET.fromstring(files["junit"].text)
    for file in files.values():
        assert not {"\x1b", "\x9b", "\u202e"} & set(file.text)


def test_one_version_alone_is_reported_without_a_verdict(bench, bench_client):
    """Every format has its results; none calls them a pass."""
    experiment_id = run(bench, examples=3)

    assert "No verdict: one version alone" in exported(bench_client, experiment_id, "html").text
    assert "No verdict: one version alone" in exported(bench_client, experiment_id, "markdown").text
    root = ET.fromstring(exported(bench_client, experiment_id, "junit").text)
    assert ["v1: verdict", "v1: similarity"] == [suite.get("name") for suite in root]
    assert "1" == root[0].get("skipped")
    assert 3 == len(lines(exported(bench_client, experiment_id, "jsonl")))


def test_an_experiment_that_has_not_run_is_exported_as_it_is(bench, bench_client):
    """No case yet: the tables are empty, the reports say that there is no verdict yet."""
    experiment_id = bench.start(templates=("A {{ question }}", "B {{ question }}"))

    assert [] == lines(exported(bench_client, experiment_id, "jsonl"))
    assert [] == table(exported(bench_client, experiment_id, "csv"))
    assert "No verdict yet: the experiment is pending" in (
        exported(bench_client, experiment_id, "html").text
    )
    root = ET.fromstring(exported(bench_client, experiment_id, "junit").text)
    assert "1" == root.get("errors")


def test_a_long_table_is_read_in_batches(bench, bench_client, monkeypatch):
    """However the cases fall into batches, each is there once and whole."""
    monkeypatch.setattr(loading, "BATCH", 3)
    experiment_id = run(
        bench, examples=5, templates=("A {{ number }}", "B {{ number }}"), repeats=2
    )
    found = lines(exported(bench_client, experiment_id, "jsonl"))

    assert list(range(20)) == [record["case_no"] for record in found]
    assert {1} == {len(record["scores"]) for record in found}


def test_a_slow_reader_holds_no_connection(bench, monkeypatch):
    """Between two pieces of a stream the pool has all its connections."""
    monkeypatch.setattr(loading, "BATCH", 2)
    monkeypatch.setattr(exporting, "CHUNK_CHARACTERS", 1)
    experiment_id = run(bench, examples=5)
    with unit_of_work(bench.subject.workspace_id) as session:
        _, pieces = exporting.export(session, bench.subject, experiment_id, ReportFormat.jsonl)
    pool = bench.apart.engine(Role.app).pool

    assert [0] * 5 == [pool.checkedout() for piece in pieces if piece]


def test_versions_under_several_models_are_told_apart(bench, bench_client):
    """The same version twice is named with its model."""
    experiment_id = run(bench, examples=2, models=["openai:mock-gen", "openai:mock-other"])
    found = lines(exported(bench_client, experiment_id, "jsonl"))

    assert {"v1 with openai:mock-gen", "v1 with openai:mock-other"} == {
        record["version"] for record in found
    }


def test_a_page_that_is_opened_in_place_runs_nothing(bench, bench_client):
    """Its headers forbid what its own policy forbids, and more."""
    answer = exported(bench_client, bench.start(), "html")
    policy = answer.headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("frame-ancestors 'none'; sandbox")
    assert "script" not in policy


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_a_stranger_finds_nothing(bench, bench_client, client_of, fmt):
    """Not yours is the same as not there."""
    experiment_id = bench.start()
    stranger = client_of(make_key(make_subject(make_workspace("Other"))))
    url = f"/api/v1/experiments/{experiment_id}/export?format={fmt}"

    assert (404, 401) == (stranger.get(url).status_code, client_of(None).get(url).status_code)


def test_an_unknown_format_is_refused(bench, bench_client):
    """With the ones there are."""
    answer = bench_client.get(f"/api/v1/experiments/{bench.start()}/export?format=pdf")

    assert 422 == answer.status_code
    assert "'csv', 'jsonl', 'markdown', 'html' or 'junit'" in answer.text
