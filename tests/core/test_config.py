"""Settings: where they come from, which wins, and what production refuses."""

import os
from functools import lru_cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.core import config
from app.core.config import PLACEHOLDER, Environment, Settings

GOOD = "x" * 48


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch, tmp_path) -> None:
    """No setting of the test run, and no .env of the project."""
    for name in list(os.environ):
        if name.startswith(("LLMOPS_", "DATABASE_", "REDIS_", "OPENAI_", "ANTHROPIC_", "HF_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "get_settings", lru_cache(Settings))  # those of the test run stay


def test_everything_has_a_default_for_development():
    """`llmops up` on a fresh machine needs no setting."""
    settings = Settings()

    assert Environment.development is settings.environment
    assert "local:extractive-baseline" == settings.default_model == settings.judge
    assert settings.serves_docs


@pytest.mark.parametrize("secret", [None, PLACEHOLDER, f"{PLACEHOLDER}-{'x' * 40}", "x" * 31, ""])
def test_production_refuses_a_placeholder(monkeypatch, secret):
    """A secret from an example file, or a short one, does not boot; the sentence says what does."""
    monkeypatch.setenv("LLMOPS_ENVIRONMENT", "production")
    if secret is not None:
        monkeypatch.setenv("LLMOPS_SECRET_KEY", secret)

    with pytest.raises(ValidationError, match=r"secrets\.token_urlsafe"):
        Settings()


def test_production_takes_a_real_secret_and_closes_the_reference(monkeypatch):
    """With 32 characters or more it starts, and shows its document to nobody."""
    monkeypatch.setenv("LLMOPS_ENVIRONMENT", "production")
    monkeypatch.setenv("LLMOPS_SECRET_KEY", GOOD)
    settings = Settings()

    assert not settings.serves_docs
    assert GOOD == settings.secret_key.get_secret_value()


def test_the_reference_can_be_opened_in_production(monkeypatch):
    """By a setting, on purpose."""
    monkeypatch.setenv("LLMOPS_DOCS_OPEN", "true")

    assert Settings(environment=Environment.production, secret_key=GOOD).serves_docs


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("LLMOPS_DATABASE_URL", "database_url"),
        ("DATABASE_URL", "database_url"),
        ("REDIS_URL", "redis_url"),
        ("OPENAI_API_KEY", "openai_api_key"),
        ("LLMOPS_OPENAI_API_KEY", "openai_api_key"),
        ("ANTHROPIC_API_KEY", "anthropic_api_key"),
        ("HF_TOKEN", "hf_api_token"),
        ("HF_API_TOKEN", "hf_api_token"),
        ("LLMOPS_SECRET_KEY", "secret_key"),
    ],
)
@pytest.mark.parametrize("way", ["environment", "file", ".env"])
def test_a_secret_comes_from_where_it_is_kept(monkeypatch, tmp_path, name, field, way):
    """The environment, a `*_FILE` of Docker or Kubernetes, or `.env`: under each of its names."""
    if way == "environment":
        monkeypatch.setenv(name, "s3cret-value")
    elif way == "file":
        (tmp_path / "secret").write_text("s3cret-value\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    else:
        (tmp_path / ".env").write_text(f"{name}=s3cret-value\n")

    assert "s3cret-value" == getattr(Settings(), field).get_secret_value()


def test_the_environment_wins_over_a_file_and_a_file_over_dotenv(monkeypatch, tmp_path):
    """What is said closer to the process counts."""
    Path(".env").write_text("LLMOPS_SECRET_KEY=from-dotenv\n")
    dotenv = Settings().secret_key.get_secret_value()
    (tmp_path / "secret").write_text("from-file")
    monkeypatch.setenv("LLMOPS_SECRET_KEY_FILE", str(tmp_path / "secret"))
    file = Settings().secret_key.get_secret_value()
    monkeypatch.setenv("LLMOPS_SECRET_KEY", "from-environment")
    environment = Settings().secret_key.get_secret_value()

    assert ["from-dotenv", "from-file", "from-environment"] == [dotenv, file, environment]


def test_a_file_that_is_missing_is_told(monkeypatch):
    """A secret that was meant to be there is not silently replaced by the default."""
    monkeypatch.setenv("LLMOPS_SECRET_KEY_FILE", "/nowhere/secret")

    with pytest.raises(FileNotFoundError, match="/nowhere/secret"):
        Settings()


def test_an_invalid_setting_is_named_and_not_shown(monkeypatch):
    """The value may be a password that was put under the wrong name."""
    monkeypatch.setenv("LLMOPS_DATABASE_POOL_SIZE", "canary-1")

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert "database_pool_size" in str(refused.value)
    assert "canary-1" not in str(refused.value)


def test_secrets_are_not_printed(monkeypatch):
    """A settings object in a log or a traceback tells none of them."""
    for name in ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY", "HF_TOKEN", "LLMOPS_SECRET_KEY"):
        monkeypatch.setenv(name, "canary-1")

    assert "canary-1" not in f"{Settings()!r} {Settings()} {Settings().model_dump_json()}"


def test_the_judge_is_the_default_model_unless_named():
    """One setting less for most people."""
    assert "a:b" == Settings(default_model="a:b").judge
    assert "c:d" == Settings(default_model="a:b", judge_model="c:d").judge


def test_links_have_no_double_slash():
    """Addresses are built by appending to the public URL."""
    assert "https://a.example" == Settings(public_url="https://a.example/").public_url


def test_settings_are_read_once():
    """One object per process; tests that change the environment clear the cache."""
    assert config.get_settings() is config.get_settings()
