"""What an experiment is to both clients; they differ in who waits for the server."""

from typing import Generic, TypeVar
from uuid import UUID

from llmops.models import ArmResult, ExperimentStatus, Verdict

Door = TypeVar("Door")


class Standing(Generic[Door]):
    """An experiment on the server; `status` is how it stood when it was last read."""

    def __init__(self, http: Door, status: ExperimentStatus, url: str) -> None:
        self._http = http
        self.id: UUID = status.experiment_id
        self.status = status
        self.url = url

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.id)!r}, {self.status.status})"

    @property
    def verdict(self) -> Verdict | None:
        """On the newest version against the baseline; None before the end, or for one version."""
        return self.status.verdict

    @property
    def arms(self) -> list[ArmResult]:
        """A line for each version and model; empty before the end."""
        return self.status.results
