"""What cannot be answered is refused as OpenAI's clients expect it: the right class, one shape."""

from typing import Any

import openai
import pytest

from app.accounts.subject import SCOPES_OF, Scope
from app.llm.client import ModelError
from app.models import Role
from app.openai_api.errors import from_provider
from tests.support.experiments import MOCK
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.prompts import make_prompt

HELLO = [{"role": "user", "content": "Hello"}]


def refusal_of(client: openai.OpenAI, kind: type[openai.APIStatusError], **asked: Any) -> Any:
    with pytest.raises(kind) as raised:
        client.chat.completions.create(**{"model": MOCK, "messages": HELLO, **asked})
    return raised.value


def test_a_wrong_key_is_an_authentication_error(sdk):
    """Not a problem+json: below /v1 the protocol is OpenAI's."""
    refused = refusal_of(sdk("llmops_test_wrong"), openai.AuthenticationError)

    assert {"message", "type", "param", "code"} == refused.body.keys()
    assert ("invalid_api_key", "authentication_error") == (refused.code, refused.type)


@pytest.mark.parametrize(
    "model",
    ["gpt-5", "nobody:gpt", "local:nonesuch", "prompt:none@production", "prompt:", "prompt:a\0b@1"],
)
def test_an_unknown_model_is_not_found(sdk, model):
    """Whatever it names; the sentence says how one is written."""
    refused = refusal_of(sdk(), openai.NotFoundError, model=model)

    assert ("model_not_found", "invalid_request_error") == (refused.code, refused.type)
    assert "prompt:support/answer@production" in refused.message


def test_anothers_prompt_is_an_unknown_one(sdk, subject):
    """The same 404, word for word, and no prompt of another workspace in the list."""
    other = make_subject(make_workspace("Other"))
    made = make_prompt(other)
    theirs, nobodys = f"prompt:{made.name}@1", "prompt:test/nobodys@1"
    client = sdk()
    answers = [
        str(refusal_of(client, openai.NotFoundError, model=name).message).replace(name, "…")
        for name in (theirs, nobodys)
    ]
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve(theirs)

    assert answers[0] == answers[1]
    assert made.name not in str(client.models.list())
    assert theirs == sdk(make_key(other)).models.retrieve(theirs).id


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"extra_body": {"temprature": 1}}, "temprature"),
        ({"temperature": 9}, "temperature"),
        ({"max_tokens": 5, "max_completion_tokens": 6}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages[0].role"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}
                ]
            },
            "messages[0].content",
        ),
        ({"metadata": {"variables": "{"}}, "metadata.variables"),
        ({"metadata": {"variables": "[1]"}}, "metadata.variables"),
        ({"metadata": {"variables": "{}"}, "extra_body": {"variables": {}}}, "variables"),
        ({"extra_body": {"variables": {"a": 1}}}, "variables"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
    ],
)
def test_what_cannot_be_honoured_is_a_bad_request(sdk, client, asked, param):
    """Refused by name rather than left out in silence; nothing is asked and no run is recorded."""
    refused = refusal_of(sdk(), openai.BadRequestError, **asked)

    assert refused.param
    assert refused.param.startswith(param)
    assert 0 == client.get("/api/v1/runs").json()["total"]


def test_what_asks_for_nothing_may_be_sent(sdk, mock):
    """Clients send their defaults, and hints that change no answer."""
    sent = {
        "n": 1,
        "logprobs": False,
        "presence_penalty": 0,
        "store": False,
        "seed": 3,
        "stop": "END",
        "extra_body": {"tools": []},
    }
    answer = sdk().chat.completions.create(
        model=MOCK, messages=HELLO, metadata={"team": "a"}, **sent
    )

    assert answer.choices[0].message.content


def test_missing_variables_are_named(sdk, subject):
    """As everywhere on the platform, with the place in the body."""
    made = make_prompt(subject)
    refused = refusal_of(sdk(), openai.BadRequestError, model=f"prompt:{made.name}@1")

    assert "variables.context" == refused.param
    assert "Missing variables: context, question." in refused.message


@pytest.mark.parametrize(
    ("says", "stream", "kind", "code"),
    [
        ("status=400", False, openai.BadRequestError, "provider_refused"),
        ("status=400", True, openai.BadRequestError, "provider_refused"),
        ("status=401", True, openai.InternalServerError, "provider_failed"),
        ("status=404", False, openai.NotFoundError, "model_not_found"),
        ("status=429", True, openai.RateLimitError, "rate_limit_exceeded"),
    ],
)
def test_what_a_provider_refuses_has_its_status(sdk, client, mock, says, stream, kind, code):
    """Also for a stream, before it begins: the run's id is in the headers and says the same."""
    asked = [{"role": "user", "content": f"[[mock:{says}]]"}]
    refused = refusal_of(sdk(), kind, messages=asked, stream=stream)
    (run,) = client.get("/api/v1/runs").json()["items"]

    assert code == refused.code
    assert run["id"] == refused.response.headers["x-llmops-run-id"]
    assert ("failed", None) == (run["status"], run["output"])
    assert kind is not openai.RateLimitError or 1 <= int(refused.response.headers["retry-after"])


@pytest.mark.parametrize(
    ("code", "status", "header"),
    [
        ("authentication", 502, {"x-should-retry": "false"}),  # our key, not the caller's
        ("model_not_found", 404, {}),
        ("rate_limited", 429, {"Retry-After": "7"}),
        ("timeout", 504, {}),
        ("unavailable", 503, {"Retry-After": "7"}),
        ("invalid_request", 400, {}),
        ("malformed_reply", 502, {}),
        ("interrupted", 502, {}),
    ],
)
def test_every_way_a_provider_fails_is_told(code, status, header):
    """Each with a status the clients know what to do with, and the safe sentence."""
    told = from_provider(
        ModelError(code, "It failed.", provider="openai", retry_after_s=7.2), "openai:gpt-5"
    )

    assert (status, header) == (told.status, told.headers)
    assert "It failed." == told.detail or code == "model_not_found"


def test_a_template_that_fails_is_a_bad_request(sdk, subject):
    """Values that fit the names and not the template."""
    made = make_prompt(subject, templates=("{{ 1 // question }}",))
    refused = refusal_of(
        sdk(),
        openai.BadRequestError,
        model=f"prompt:{made.name}@1",
        extra_body={"variables": {"question": 0}},
    )

    assert ("variables", "invalid") == (refused.param, refused.code)


def test_a_full_window_is_a_rate_limit_error(sdk, subject):
    """With the time to wait, which the client keeps to by itself."""
    client = sdk(make_key(subject, per_minute=1))
    client.models.list()
    with pytest.raises(openai.RateLimitError) as raised:
        client.models.list()

    assert "rate_limit_exceeded" == raised.value.code
    assert 1 <= int(raised.value.response.headers["retry-after"])


def test_who_may_ask_what(sdk, subject):
    """`chat` asks prompts and sees them; a model without a prompt needs `run`; `read` asks nothing."""
    made = make_prompt(subject)
    reader = sdk(make_key(subject, frozenset({Scope.read})))
    talker = sdk(make_key(subject, frozenset({Scope.chat})))
    asked = {"question": "How long?", "context": "The warranty covers three years."}
    answer = talker.chat.completions.create(
        model=f"prompt:{made.name}@1", messages=[], extra_body={"variables": asked}
    )
    refused = refusal_of(talker, openai.PermissionDeniedError)
    with pytest.raises(openai.PermissionDeniedError):
        reader.models.list()
    with pytest.raises(openai.NotFoundError):
        talker.models.retrieve(MOCK)

    assert answer.choices[0].message.content
    assert "permission_error" == refused.type
    assert {f"prompt:{made.name}@latest"} == {model.id for model in talker.models.list()}
    assert all(Scope.chat in SCOPES_OF[role] for role in Role)


def test_models_are_listed_and_found_again(sdk, subject, client):
    """Prompts by label and `latest`, and models; each id of the list names a model."""
    made = make_prompt(subject, model=MOCK)
    path = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[0]}/activate"
    assert 200 == client.post(path).status_code
    listed = {model.id: model for model in sdk().models.list()}

    assert {f"prompt:{made.name}@production", f"prompt:{made.name}@latest", MOCK} <= listed.keys()
    assert all(sdk().models.retrieve(name).id == name for name in listed)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nonesuch", 404),
        ("POST", "embeddings", 404),
        ("GET", "chat/completions", 405),
        ("POST", "chat/completions", 400),
    ],
)
def test_every_other_answer_below_v1_has_the_same_shape(client, method, path, status):
    """Addresses that are not there, wrong methods, bodies that are no JSON: never a page, never a problem."""
    answer = client.request(
        method,
        f"/v1/{path}",
        content=b"{",
        headers={"accept": "text/html", "content-type": "application/json"},
    )

    assert status == answer.status_code
    assert {"error"} == answer.json().keys()


def test_a_body_that_is_too_large_is_refused_in_that_shape_too(client):
    """Also what the edge refuses before anybody looks at it."""
    answer = client.post("/v1/chat/completions", content=b"x" * 2_100_000)

    assert 413 == answer.status_code
    assert "too_large" == answer.json()["error"]["code"]


def test_a_budget_that_is_gone_is_an_exceeded_quota(sdk, subject, client, mock):
    """Reserved before the call, freed after it; the client is told not to try again by itself."""
    budget = {"limit_usd": "0.02", "hard_stop": True}
    assert 201 == client.post("/api/v1/budgets", json=budget).status_code
    affordable = sdk(max_retries=2).chat.completions.create(
        model=MOCK, messages=HELLO, max_tokens=50
    )
    refused = refusal_of(sdk(max_retries=2), openai.RateLimitError, max_tokens=50_000)
    (standing,) = client.get("/api/v1/budgets").json()["items"]
    (run,) = client.get("/api/v1/runs").json()["items"]

    assert affordable.id.endswith(run["id"].replace("-", ""))
    assert ("insufficient_quota", "insufficient_quota") == (refused.code, refused.type)
    assert "false" == refused.response.headers["x-should-retry"]
    assert 0 == float(standing["reserved_usd"])
    assert float(run["cost_estimated"]) == float(standing["spent_usd"])
