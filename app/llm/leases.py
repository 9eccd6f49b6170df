"""What members of a line and the keeper of its books tell one another."""

from dataclasses import dataclass
from typing import NamedTuple

from app.llm.quota import Quota


class Line(NamedTuple):
    """A model at a provider under one credential, which its fingerprint names."""

    provider: str
    model: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the operator allows: calls in flight, requests and tokens a minute; None: unknown."""

    ceiling: int
    rpm: float | None = None
    tpm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a member did since its last report, over `seconds`, and what it wants.

    An empty `experiment` is interactive. `hungry`: calls waited for requests or tokens. `hold_s`:
    how long the provider asked everybody to wait.
    """

    member: str
    workspace: str = ""
    experiment: str = ""
    seconds: float = 0.0
    want: int = 0
    in_flight: int = 0
    peak: int = 0
    calls: int = 0
    refused: int = 0
    answered: int = 0
    latency_ms: float = 0.0
    requests: float = 0.0
    tokens: float = 0.0
    hungry: bool = False
    hold_s: float = 0.0
    quota: Quota | None = None
    leaves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a member may do until it reports again; rates are per second, None where unlimited.

    `noisy`: this provider refuses calls however few are in flight.
    """

    slots: int
    noisy: bool = False
    hold_s: float = 0.0
    requests_per_s: float | None = None
    tokens_per_s: float | None = None
