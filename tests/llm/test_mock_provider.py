"""The mock is what every other test here stands on, so it has a few of its own."""

import json
import urllib.error
import urllib.request

import pytest

from scripts.mock_provider.__main__ import parser
from scripts.mock_provider.launch import start
from scripts.mock_provider.schemas import Filler, schema_in
from scripts.mock_provider.settings import Settings


def post(url, body, key="k"):
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def ask(mock, text, key="k", **more):
    body = {"model": "mock-gen", "messages": [{"role": "user", "content": text}], **more}
    return post(f"{mock.url}/v1/chat/completions", body, key)


def test_every_setting_has_a_flag():
    """What can be set while it runs can be set at the start."""
    arguments = parser().parse_args(["--err-429=0.5", "--stamp", "--judge-latency=2"])

    assert (0.5, True, 2.0) == (arguments.err_429, arguments.stamp, arguments.judge_latency)
    assert Settings() == Settings(**vars(parser().parse_args([])))


def test_a_run_repeats_itself():
    """The same seed draws the same faults, in whatever order the calls come."""
    prompts = [f"call {n}" for n in range(40)]
    runs = []
    for order in (prompts, prompts[::-1]):
        with start(err_500=0.3, seed=5) as mock:
            runs.append({prompt: ask(mock, prompt)[0] for prompt in order})

    assert runs[0] == runs[1]
    assert {200, 500} == set(runs[0].values())


def test_calls_are_counted_exactly(mock):
    """A call asked twice and paid twice shows, by its body."""
    mock.reset()
    ask(mock, "once")
    ask(mock, "twice")
    ask(mock, "twice")
    stats = mock.stats(hashes=True)

    assert 1 == stats["exactly_once"]["paid_twice"]
    assert {"1": 1, "2": 1} == stats["exactly_once"]["calls_histogram"]
    assert {"once": 1, "twice": 2} == {h["tail"]: h["paid"] for h in stats["hashes"].values()}


def test_a_fault_lasts_as_many_tries_as_it_says(mock):
    """And the call succeeds after."""
    prompt = "[[mock:status=503,times=2]]"

    assert [503, 503, 200] == [ask(mock, prompt)[0] for _ in range(3)]


def test_limits_belong_to_a_key():
    """A key's requests in a window; coming back early is noted."""
    with start(key_rpm=2, rpm_window=30) as mock:
        statuses = [ask(mock, f"call {n}", key="a")[0] for n in range(3)]
        early, other = ask(mock, "call 2", key="a")[0], ask(mock, "call 3", key="b")[0]
        keys = mock.stats()["keys"]

    assert [200, 200, 429, 429, 200] == [*statuses, early, other]
    assert 1 == keys["a"]["early"]
    assert 0 == keys["b"]["early"]


def test_a_rate_for_the_whole_server():
    """A bucket that refills."""
    with start(rps=0.5, burst=2) as mock:
        statuses = [ask(mock, f"call {n}")[0] for n in range(2)]

    assert [200, 429] == statuses


def test_settings_change_while_it_runs(mock):
    """One that cannot is refused, and nothing changes."""
    before = mock.configure()
    assert 17 == mock.configure(tokens=17)["tokens"]
    assert 17 == ask(mock, "count")[1]["usage"]["completion_tokens"]
    mock.configure(tokens=before["tokens"])

    assert 400 == post(f"{mock.url}/config", {"port": 1})[0]
    assert 400 == post(f"{mock.url}/config", {"tokens": 1, "nonsense": 2})[0]
    assert before == mock.configure()


def test_tools_are_called(mock):
    """With arguments that fit their schema."""
    schema = {"type": "object", "properties": {"score": {"type": "number"}}}
    tool = {"type": "function", "function": {"name": "grade", "parameters": schema}}
    _, reply = ask(mock, "grade [[mock:score=0.4]]", tools=[tool])
    call = reply["choices"][0]["message"]["tool_calls"][0]["function"]

    assert ("grade", {"score": 0.4}) == (call["name"], json.loads(call["arguments"]))


def test_a_judge_without_schema_answers_json(mock):
    """Unless it is told to spoil its answers."""
    prompt = "Reply as JSON with a score from 0 to 10. [[mock:score=0.5]]"
    whole = ask(mock, prompt)[1]["choices"][0]["message"]["content"]
    mock.configure(err_judge_malformed=1.0)
    spoiled = ask(mock, prompt)[1]["choices"][0]["message"]["content"]
    mock.configure(err_judge_malformed=0.0)

    assert 5 == json.loads(whole)["score"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(spoiled)


def test_embeddings_are_unit_vectors(mock):
    """The same text has the same vector, as OpenAI and as Hugging Face send it."""
    _, reply = post(f"{mock.url}/v1/embeddings", {"model": "e", "input": ["a", "b", "a"]})
    first, second, third = (item["embedding"] for item in reply["data"])
    _, features = post(f"{mock.url}/pipeline/feature-extraction", {"inputs": "a"})

    assert first == third == features
    assert first != second
    assert 1 == pytest.approx(sum(number * number for number in first))


def test_text_generation_and_models(mock):
    """Hugging Face's older task, and the list every client asks for."""
    status, generated = post(f"{mock.url}/models/some/model", {"inputs": "hello"})
    with urllib.request.urlopen(f"{mock.url}/v1/models", timeout=10) as answer:
        models = json.loads(answer.read())

    assert 200 == status
    assert generated[0]["generated_text"]
    assert "mock-gen" in {model["id"] for model in models["data"]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/nowhere", {}, 404), ("/v1/chat/completions", b"{", 400), ("/v1/messages", [], 400)],
)
def test_what_it_does_not_know_it_refuses(mock, path, body, status):
    """As a provider would."""
    assert status == post(mock.url + path, body)[0]


def test_a_schema_is_filled_by_name():
    """References, unions, ranges and labels."""
    schema = {
        "$defs": {"claim": {"type": "object", "properties": {"label": {"enum": ["yes", "no"]}}}},
        "type": "object",
        "properties": {
            "claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}},
            "rating": {"type": "integer", "minimum": 1, "maximum": 5},
            "hallucination": {"type": "boolean"},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "kind": {"const": "judgment"},
            "passed": {"type": ["boolean", "null"]},
            "self": {"$ref": "#/properties/self"},
        },
    }
    filled = Filler(schema, 1.0, "").fill()

    assert [{"label": "yes"}] == filled["claims"]
    assert (5, False, True) == (filled["rating"], filled["hallucination"], filled["passed"])
    assert "judgment" == filled["kind"]
    assert filled["self"] is None
    assert isinstance(filled["note"], str)


def test_a_schema_is_found_in_a_prompt():
    """For clients without native structured output."""
    schema = {"properties": {"a": {}}}

    assert schema == schema_in(f"{{ not json {{}} {json.dumps(schema)} done")
    assert schema_in('"properties" but no object') is None
    assert schema_in("nothing") is None


def test_a_mock_that_cannot_start_says_so(mock):
    """Two cannot listen on one port."""
    port = int(mock.url.rsplit(":", 1)[1])
    with pytest.raises(RuntimeError, match="did not start"), start(port=port):
        pass
