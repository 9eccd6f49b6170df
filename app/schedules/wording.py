"""What is said of drift, in whole sentences."""

from datetime import datetime
from typing import NamedTuple

from app.schedules.following import BASELINE_RUNS, Course

CAUSES = {
    "deterministic": "The evaluator asks no model, so the answers changed.",
    "model": "The judge's canaries did not move, so the answers changed.",
    "judge": "The judge's canaries moved too: the judge changed, not the answers.",
    "unwatched": "No canaries watch this judge, so it may be either the answers or the judge.",
}


class Told(NamedTuple):
    """A change of a version nobody changed; scores from 0 to 1."""

    prompt: str
    version: int
    before: float
    after: float
    changed_at: datetime
    why: str

    @property
    def sentence(self) -> str:
        way = "lower" if self.after < self.before else "higher"
        return (
            f"{self.prompt} v{self.version} scores {way} than it did: {self.after:.2f} instead of "
            f"{self.before:.2f} since {self.changed_at:%Y-%m-%d %H:%M} UTC. {self.why}"
        )


def cause_in_words(cause: str) -> str:
    return CAUSES[cause]


def sentence(course: Course) -> str:
    """Where a series without an alarm stands."""
    counted = sum(run.point.counts for run in course.runs)
    if course.state == "learning":
        return f"Learning what is usual: {counted} of {BASELINE_RUNS} runs."
    return f"Steady over {counted} runs around {course.mean:.2f}."
