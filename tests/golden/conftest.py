"""A prompt with examples, made through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

PROMPTS = "/api/v1/prompts"


@pytest.fixture
def prompt(client: TestClient) -> dict[str, Any]:
    """It needs `question` and takes `lang`."""
    body = {"name": "support/answer", "template": "{{ question }}{{ lang|default('en') }}"}
    made = client.post(PROMPTS, json=body)
    assert 201 == made.status_code, made.text
    return made.json()


@pytest.fixture
def examples(prompt: dict[str, Any]) -> str:
    """Where its examples are."""
    return f"{PROMPTS}/{prompt['id']}/golden-examples"


@pytest.fixture
def add(client: TestClient, examples: str) -> Callable[..., dict[str, Any]]:
    def make(question: object = "Why?", **more: Any) -> dict[str, Any]:
        made = client.post(examples, json={"input_data": {"question": question}, **more})
        assert 201 == made.status_code, made.text
        return made.json()

    return make
