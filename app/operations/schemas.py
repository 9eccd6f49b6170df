"""What operators see, on the wire: the audit log, providers and models, the system, the search."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Input, JsonObject, Line, Money, Output
from app.runs.circuits import Circuit


class AuditRead(Output):
    id: UUID
    number: int = Field(description="Counts the workspace's rows from 1, without gaps.")
    tag: str
    actor: str
    object_id: UUID | None
    before: JsonObject | None
    after: JsonObject | None
    address: str | None
    request_id: str | None
    created_at: datetime


class AuditTags(Output):
    items: list[str]


class ModelPrices(Output):
    """US dollars per million tokens; null where no price list knows the model."""

    name: str = Field(description="`provider:model`")
    input_per_million: Money | None
    output_per_million: Money | None


class SharedLimitRead(Output):
    """What all workers share for one model, as it stands now."""

    concurrency: int = Field(description="Calls that experiments may have in flight together.")
    in_flight: int
    held_until: datetime | None = Field(
        description="No call is made before: the provider asked for a pause (Retry-After)."
    )
    requests_per_minute: float | None = Field(description="As stated by the provider or set.")
    tokens_per_minute: float | None = Field(description="As stated by the provider or set.")


class ProviderModel(ModelPrices):
    priced_at: date | None = Field(
        description="The day the lists are looked up for; null for what they do not have."
    )
    is_default: bool
    limit: SharedLimitRead | None = Field(
        description="Null where nobody asked it in ten minutes, or Valkey is away."
    )


class ProviderRead(Output):
    name: str
    configured: bool
    key_hint: str | None = Field(description="The end of the key, or null without one.")
    base_url: str | None
    models: list[ProviderModel] = Field(
        description="Those this workspace uses, and a few to begin with; any other works as well."
    )
    circuit: Circuit | None = Field(
        description="Whether workers leave it alone because it keeps failing; null: not known."
    )
    concurrency: int | None = Field(
        description="Calls in flight per model, of all workers together, at most."
    )
    how_to_configure: str


class ProviderTest(Input):
    model: Line | None = Field(
        None, description="With or without `provider:`; by default one this workspace uses."
    )


class ProviderTestRead(Output):
    ok: bool
    latency_ms: float | None
    model: str
    error: str | None = Field(description="In the provider's own words where it gave any.")
    error_code: str | None


class ModelRead(ModelPrices):
    provider: str
    usable: bool = Field(description="Whether its provider can be asked.")


class ModelList(Output):
    items: list[ModelRead]
    default: str
    judge: str


class WorkerRead(Output):
    name: str
    last_seen_at: datetime
    busy: int | None = Field(description="Tasks it works on; null when it did not answer now.")
    threads: int | None = Field(description="Tasks it can work on at once.")


class QueueRead(Output):
    name: str
    depth: int | None = Field(description="Jobs that wait; null while the queue is away.")


class DatabaseRead(Output):
    size_bytes: int
    version: str


class DiskRead(Output):
    free_bytes: int
    total_bytes: int


class CircuitRead(Output):
    name: str
    state: Circuit | None


class SystemFacts(Output):
    """Everything but the health checks, which the API layer adds."""

    version: str
    revision: str | None = Field(description="Of the schema in the database.")
    head: str = Field(description="Of the schema this program was written for.")
    python: str
    started_at: datetime
    mode: Literal["embedded", "external"]
    workers: list[WorkerRead] | None = Field(description="Null while they cannot be asked.")
    queues: list[QueueRead]
    database: DatabaseRead
    disk: DiskRead | None = Field(description="Where the embedded servers keep their data.")
    active_cases: int = Field(description="Of this workspace's experiments, in workers' hands.")
    circuits: list[CircuitRead]


class SearchHit(Output):
    kind: Literal["prompt", "experiment", "version", "judge", "gate", "example"]
    id: UUID
    title: str
    detail: str
    url: str = Field(description="A path of the dashboard.")


class SearchRead(Output):
    items: list[SearchHit]
