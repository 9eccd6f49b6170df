import json

import pytest

pytestmark = pytest.mark.usefixtures("alone")


def test_version_in_both_forms(call):
    """A line for people, an object for programs."""
    plain, full = call("version"), call("version", "--json")

    assert (0, 0) == (plain.code, full.code)
    assert plain.out.strip() == json.loads(full.out)["llmops"]


def test_openapi_is_the_api_s_description(call):
    """Valid JSON on stdout and nothing else."""
    answer = call("openapi")

    assert 0 == answer.code
    assert json.loads(answer.out)["openapi"].startswith("3.1")


def test_settings_are_shown_and_secrets_are_not(call, data, monkeypatch):
    """Keys by their last four characters, addresses without their passwords."""
    monkeypatch.setenv("LLMOPS_SECRET_KEY", "canary-" * 8 + "tail")
    monkeypatch.setenv("OPENAI_API_KEY", "canary-sk-1234")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:canary@db:5432/llmops")
    answer = call("config", "show", "--json", "--data-dir", data)
    shown = json.loads(answer.out)

    assert (0, False) == (answer.code, "canary" in answer.out)
    assert "…tail" == shown["secret_key"]
    assert "…1234" == shown["openai_api_key"]
    assert "postgresql://me:***@db:5432/llmops" == shown["database_url"]
    assert None is shown["anthropic_api_key"]
    assert "0.00001" == shown["flat_token_price"]


def test_settings_say_where_they_come_from(call, data, monkeypatch):
    """Given, or by default; and looking makes no folder."""
    monkeypatch.setenv("LLMOPS_SHARD_SIZE", "7")
    answer = call("config", "show", "--data-dir", data)
    rows = {line.split()[0]: line.split()[1:] for line in answer.out.splitlines()}

    assert ["7", "given"] == rows["shard_size"]
    assert "default" == rows["max_attempts"][-1]
    assert not data.exists()


def test_a_wrong_setting_is_a_usage_error(call, data, monkeypatch):
    """Code 2 and the setting's name."""
    monkeypatch.setenv("LLMOPS_SHARD_SIZE", "many")
    answer = call("config", "show", "--data-dir", data)

    assert 2 == answer.code
    assert "shard_size" in answer.err
