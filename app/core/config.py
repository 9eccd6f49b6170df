"""Settings: one class, read from the environment, `.env` and `*_FILE` secrets, nowhere else.

Every setting answers to `LLMOPS_<NAME>`; the ones the field knows by another name
(`DATABASE_URL`, `OPENAI_API_KEY`, …) answer to that as well.
"""

import json
import os
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PLACEHOLDER = "change-me"
PREFIX = "LLMOPS_"


class Environment(StrEnum):
    development = "development"
    production = "production"


class SmtpSecurity(StrEnum):
    starttls = "starttls"
    tls = "tls"
    none = "none"


def known_as(name: str, *others: str) -> AliasChoices:
    return AliasChoices(f"{PREFIX}{name}", *others)


class FileSecrets(PydanticBaseSettingsSource):
    """`X_FILE=/run/secrets/x` gives setting X: how Docker and Kubernetes hand over secrets."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ANN401 - the base class's signature
        names = field.validation_alias.choices if field.validation_alias else ()
        for name in (*names, f"{PREFIX}{field_name.upper()}"):
            path = os.environ.get(f"{name}_FILE")
            if path:
                return Path(path).read_text(encoding="utf-8").strip(), str(name), False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key if field.validation_alias else name] = value
        return found


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    environment: Environment = Field(
        Environment.development,
        description="`production` refuses placeholder secrets and closes /docs.",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="Where people reach the platform; links in answers are built from it.",
    )
    data_dir: Path | None = Field(
        None, description="Where `llmops up` keeps its embedded servers, secrets and logs."
    )
    secret_key: SecretStr = Field(
        SecretStr(PLACEHOLDER),
        description="At least 32 characters; API-key hashes, sessions and cursors derive from it.",
    )
    old_secret_keys: list[SecretStr] = Field(
        [],
        description="Former secret keys as JSON, newest first: API keys and sealed values made "
        "under them still work.",
    )

    database_url: SecretStr = Field(
        SecretStr("postgresql://llmops_app@127.0.0.1:5432/llmops"),
        validation_alias=known_as("DATABASE_URL", "DATABASE_URL"),
        description="PostgreSQL as the role llmops_app, or a role that is a member of it.",
    )
    database_system_url: SecretStr | None = Field(
        None, description="The same database as llmops_system; default: DATABASE_URL, by SET ROLE."
    )
    database_owner_url: SecretStr | None = Field(
        None, description="The same database as llmops_owner, for migrations; default as above."
    )
    database_pool_size: int = Field(20, ge=1, le=200, description="Connections a process may keep.")
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        validation_alias=known_as("REDIS_URL", "REDIS_URL"),
        description="Redis or Valkey: the queue, rate limits; it may be flushed without loss.",
    )

    hf_api_token: SecretStr | None = Field(
        None,
        validation_alias=known_as("HF_API_TOKEN", "HF_API_TOKEN", "HF_TOKEN"),
        description="Hugging Face Inference: models named `huggingface:<org>/<model>`.",
    )
    hf_base_url: str | None = Field(
        None, description="An own Hugging Face endpoint (TGI, Inference Endpoints)."
    )
    hf_provider: str | None = Field(
        None, description="The Hugging Face inference provider to route to; default: automatic."
    )
    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias=known_as("OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="OpenAI: models named `openai:<model>`.",
    )
    openai_base_url: str | None = Field(
        None,
        validation_alias=known_as("OPENAI_BASE_URL", "OPENAI_BASE_URL"),
        description="Any OpenAI-compatible server (vLLM, Ollama, llama.cpp, a gateway).",
    )
    anthropic_api_key: SecretStr | None = Field(
        None,
        validation_alias=known_as("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
        description="Anthropic: models named `anthropic:<model>`.",
    )
    anthropic_base_url: str | None = Field(
        None,
        validation_alias=known_as("ANTHROPIC_BASE_URL", "ANTHROPIC_BASE_URL"),
        description="An Anthropic-compatible server.",
    )
    default_model: str = Field(
        "local:extractive-baseline",
        description="Model of prompt versions that name none, `provider:model`.",
    )
    judge_model: str | None = Field(
        None, description="Model of LLM judges; default: the default model."
    )
    flat_token_price: Decimal = Field(
        Decimal("0.00001"), ge=0, description="USD a token where no price is known."
    )
    answer_retention_days: int = Field(
        30, ge=1, le=3650, description="How long models' answers are kept to be used again."
    )
    provider_concurrency: int = Field(
        256,
        ge=1,
        le=4096,
        description="Calls in flight per model and credential, of all workers together, at most; "
        "how many a provider stands is found out.",
    )
    provider_rpm: dict[str, float] = Field(
        {},
        description="Requests a minute, by provider or model, where its headers do not say: "
        '`{"openai": 500, "openai:gpt-5": 100}`.',
    )
    provider_tpm: dict[str, float] = Field(
        {}, description="Tokens a minute, in the same way: prompts and answers together."
    )

    rate_limit_per_minute: int = Field(60, ge=1, description="Requests per API key and minute.")
    rate_limit_status_per_minute: int = Field(
        600, ge=1, description="Status polls per API key and minute, a zone of their own."
    )
    rate_limit_session_per_minute: int = Field(
        600, ge=1, description="Requests per signed-in person and minute."
    )
    signup_open: bool = Field(False, description="May anybody register? Off: by set-up link only.")
    docs_open: bool | None = Field(
        None, description="Serve /docs and /openapi.json; default: only in development."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_json: bool | None = Field(
        None, description="JSON lines; default: yes unless stderr is a terminal."
    )
    body_limit_bytes: int = Field(2_000_000, ge=1_000, description="Largest request body.")
    import_limit_bytes: int = Field(
        50 * 1024 * 1024, ge=1_000, description="Largest import of examples or recorded tests."
    )

    allowed_private_hosts: str = Field(
        "",
        description="`host:port,…` that webhooks may reach although they are private or http.",
    )
    smtp_host: str | None = Field(None, description="The mail server; alerts go out by e-mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: SmtpSecurity = Field(
        SmtpSecurity.starttls, description="`starttls`, `tls` from the start, or `none`."
    )
    smtp_user: str | None = Field(None, description="Who signs in at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="The password of that user.")
    smtp_from: str = Field(
        "LLM Operations <llmops@localhost>", description="The sender of e-mails."
    )
    event_retention_days: int = Field(
        90, ge=2, description="How long events and the log of their deliveries are kept."
    )

    shard_size: int = Field(25, ge=1, le=50, description="Cases per shard, the unit of a lease.")
    shard_concurrency: int = Field(
        64, ge=1, le=512, description="Calls in flight per shard loop, at most."
    )
    lease_seconds: float = Field(60.0, ge=1, description="How long a claim lasts unrenewed.")
    heartbeat_seconds: float = Field(15.0, ge=0.2, description="How often a claim is renewed.")
    sweep_seconds: float = Field(5.0, ge=0.2, description="How often lost work is looked for.")
    resend_seconds: float = Field(
        30.0, ge=0.2, description="How long a sent job may wait before it is sent again."
    )
    standstill_seconds: float = Field(
        120.0,
        ge=5,
        description="A worker whose loop stands still for so long, though Redis answers, ends;"
        " more than the 30 s that Celery waits at most before it connects again.",
    )
    max_attempts: int = Field(5, ge=1, le=20, description="Claims of one job before it fails.")
    case_deadline_seconds: float = Field(
        180.0, ge=1, description="All tries of one model call together."
    )
    outage_patience_seconds: float = Field(
        45.0, ge=0, description="How long an experiment waits for a provider that keeps failing."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by *_FILE
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSecrets(settings_cls), dotenv_settings

    @field_validator("old_secret_keys", mode="before")
    @classmethod
    def as_json(cls, value: object) -> object:
        """Out of a file it comes as text; the environment is read as JSON before."""
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def without_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def refuse_placeholders_in_production(self) -> Self:
        secret = self.secret_key.get_secret_value()
        if self.environment is Environment.production and (
            PLACEHOLDER in secret or len(secret) < 32
        ):
            raise ValueError(
                "LLMOPS_SECRET_KEY is a placeholder or shorter than 32 characters; set it to the "
                "output of: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return self

    @property
    def serves_docs(self) -> bool:
        if self.docs_open is None:
            return self.environment is Environment.development
        return self.docs_open

    @property
    def private_hosts(self) -> frozenset[str]:
        return frozenset(part.strip().lower() for part in self.allowed_private_hosts.split(","))

    @property
    def judge(self) -> str:
        return self.judge_model or self.default_model


@lru_cache
def get_settings() -> Settings:
    """The settings of this process; tests that change the environment clear the cache."""
    return Settings()
