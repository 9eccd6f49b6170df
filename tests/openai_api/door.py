"""The platform behind a real socket whose `openai:…` models are the mock provider."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest
from pydantic import SecretStr

from app.accounts.subject import Subject
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.runs import providers
from app.runs import service as runs
from scripts.mock_provider.launch import MockProvider
from tests.support.fixtures import make_key
from tests.support.live import listening
from tests.support.stack import MODEL_KEY


@contextmanager
def opened(mock: MockProvider) -> Iterator[str]:
    """The address that OpenAI's clients are given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_settings(), "openai_base_url", f"{mock.url}/v1")
        patch.setattr(get_settings(), "openai_api_key", SecretStr(MODEL_KEY))
        providers._registry.cache_clear()
        with listening() as url:
            yield f"{url}/v1"
    providers._registry.cache_clear()


@contextmanager
def clients(address: str, subject: Subject) -> Iterator[Callable[..., openai.OpenAI]]:
    """`sdk()`: OpenAI's client with an admin's key; `sdk("…")` with this one."""
    made: list[openai.OpenAI] = []

    def make(key: str | None = None, **options: Any) -> openai.OpenAI:
        client = openai.OpenAI(
            base_url=address,
            api_key=key or make_key(subject),
            http_client=openai.DefaultHttpxClient(trust_env=False),
            **{"max_retries": 0, **options},
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def recorded(subject: Subject, answer_id: str) -> Any:
    """The run of an answer's id."""
    with unit_of_work(subject.workspace_id) as session:
        return runs.get(session, subject, answer_id.removeprefix("chatcmpl-"))
