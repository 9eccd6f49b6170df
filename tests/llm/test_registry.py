import asyncio
import gc
import subprocess
import sys

import pytest
from pydantic import SecretStr

from app.llm.client import ModelError, Options
from app.llm.limits import Limits
from app.llm.registry import Credential, ModelReference, Registry, UnknownModel, parse
from tests.llm.calling import KEY, PROVIDERS, credential, user

HUB_KEY = SecretStr("hf_0123456789")


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("openai:gpt-5-mini", ("openai", "gpt-5-mini")),
        ("local:extractive-baseline", ("local", "extractive-baseline")),
        (
            "huggingface:meta-llama/Llama-3.3-70B:groq",
            ("huggingface", "meta-llama/Llama-3.3-70B:groq"),
        ),
    ],
)
def test_a_reference_is_split_at_its_first_colon(reference, parts):
    """A model's own name may hold colons; written again it is the same."""
    assert ModelReference(*parts) == parse(reference)
    assert reference == str(parse(reference))


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("gpt-5-mini", "write provider:model"),
        ("openai:", "write provider:model"),
        (":gpt", "write provider:model"),
        ("", "write provider:model"),
        ("aleph:luminous", "there are: huggingface, openai, anthropic, local"),
    ],
)
def test_what_is_no_reference_says_how_one_is_written(reference, hint):
    """The sentence is shown to whoever typed it."""
    with pytest.raises(UnknownModel, match=hint):
        parse(reference)


def in_loop(registry, act):
    async def run():
        try:
            return await act()
        finally:
            await registry.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("huggingface", "HF_API_TOKEN"),
        ("openai", "OPENAI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
    ],
)
@pytest.mark.parametrize("given", [{}, {"api_key": SecretStr("")}])
def test_a_missing_key_names_its_variable(provider, variable, given):
    """Nobody has to look up what to set."""
    registry = Registry({provider: Credential(provider=provider, **given)} if given else {})

    async def get():
        with pytest.raises(ModelError, match=variable) as caught:
            registry.get(f"{provider}:some-model")
        return caught.value

    assert "authentication" == in_loop(registry, get).code


def test_a_key_that_is_no_hub_token_is_refused_before_it_is_sent():
    """Somebody else's key would go to Hugging Face, and fail there in words of its own."""
    found = Credential(provider="huggingface", api_key=SecretStr("sk-somebody-elses"))
    registry = Registry({"huggingface": found})

    async def get():
        with pytest.raises(ModelError, match="HF_API_TOKEN") as caught:
            registry.get("huggingface:some/model")
        return caught.value

    assert "sk-" not in in_loop(registry, get).message


def test_the_providers_that_can_be_asked():
    """The local one always; the others with a key or a server of one's own."""
    registry = Registry(
        {
            "openai": Credential(provider="openai", base_url="http://127.0.0.1:1/v1"),
            "huggingface": Credential(provider="huggingface", api_key=HUB_KEY),
            "anthropic": Credential(provider="anthropic"),
        }
    )

    assert ["huggingface", "local", "openai"] == registry.providers()
    assert ["local"] == Registry({}).providers()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_model_is_got_and_asked(provider, mock):
    """From a reference to an answer."""
    registry = Registry({provider: credential(provider, mock.url)})

    async def call():
        model = registry.get(f"{provider}:mock-gen")
        assert (provider, "mock-gen") == (model.provider, model.model)
        return await model.complete(user("[[mock:reply=hello]]"), Options(timeout_s=20))

    assert "hello" == in_loop(registry, call).text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_server_of_ones_own_needs_no_key(provider, mock, monkeypatch):
    """And is sent none: not the one the machine's environment holds either."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-machines-own")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-machines-own")
    monkeypatch.setenv("HF_TOKEN", "hf_machines_own")
    mock.reset()
    address = credential(provider, mock.url).base_url
    registry = Registry({provider: Credential(provider=provider, base_url=address)})

    async def call():
        return await registry.get(f"{provider}:mock-gen").complete(user("keyless"), Options())

    assert in_loop(registry, call).text
    assert ["none"] == list(mock.stats()["keys"])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_key_is_not_sent_where_the_environment_says(provider, mock, monkeypatch):
    """Without a base URL of its own a credential goes to the provider itself."""
    mock.reset()
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "HF_ENDPOINT"):
        monkeypatch.setenv(name, mock.url)
    registry = Registry({provider: Credential(provider=provider, api_key=SecretStr(KEY))})

    async def call():
        model = registry.get(f"{provider}:mock-gen")
        with pytest.raises(ModelError) as caught:  # the tests' network ends at loopback
            await model._model.complete(user("elsewhere"), Options(timeout_s=5))
        return caught.value

    assert "unavailable" == in_loop(registry, call).code
    assert 0 == mock.stats()["requests"]


def test_the_local_model_needs_nothing():
    """A fresh install answers."""
    registry = Registry({})

    async def call():
        model = registry.get("local:extractive-baseline")
        return await model.complete(user("Hello"), Options())

    assert in_loop(registry, call).text


def test_there_is_one_local_model():
    """Another name is a mistake, not the same model again."""
    registry = Registry({})

    async def get():
        with pytest.raises(UnknownModel, match="local:extractive-baseline"):
            registry.get("local:gpt-5")

    in_loop(registry, get)

    assert ["local"] == registry.providers()


def test_one_client_and_one_breaker_per_credential_and_loop(mock):
    """Two models of a provider share both and have a gate each; another event loop shares nothing."""
    registry = Registry({"openai": credential("openai", mock.url)}, Limits(concurrency=7))

    async def look():
        one, again, two = (registry.get(f"openai:{name}") for name in ("a", "a", "b"))
        assert one is again
        assert one is not two
        assert one._gate is not two._gate
        assert one._gate._breaker is two._gate._breaker
        assert 7 == one._gate.limits.concurrency
        assert one._model._wire is two._model._wire
        return one

    first, second = (in_loop(registry, look) for _ in range(2))

    assert first is not second
    assert first._gate is not second._gate
    assert first._model._wire._session.closed


def test_a_loop_that_is_gone_is_forgotten():
    """A process that makes many event loops does not collect what belonged to them."""
    registry = Registry({})

    async def get():
        registry.get("local:extractive-baseline")

    asyncio.run(get())
    gc.collect()

    assert 0 == len(registry._loops)


def test_a_model_is_got_inside_an_event_loop():
    """Outside there is none to belong to."""
    with pytest.raises(RuntimeError):
        Registry({}).get("local:extractive-baseline")


def test_what_is_not_configured_is_not_imported():
    """The SDKs cost a second and 90 MB; a process pays for those it uses."""
    code = (
        "import sys; from app.llm.registry import Registry; Registry({});"
        "print([m for m in ('openai', 'anthropic', 'huggingface_hub') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == ran.stdout.strip()


def test_a_credential_does_not_show_its_key():
    """Neither printed nor compared by accident in a log."""
    assert KEY not in repr(credential("openai", "http://127.0.0.1:1"))
