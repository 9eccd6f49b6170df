"""Tests as cases of an experiment: what was seen, what is sent, whether it is good enough.

Nothing here does I/O or knows pytest. Cases travel between processes as plain dicts.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

PASSED = "passed"  # the score every test has: 1 when it passes, 0 when it fails
LOST = "The process that ran this test ended before the test did."
NOT_RUN = "This repetition did not run."
LONGEST_TEXT = 100_000  # characters the server takes of an output
LONGEST_REASON = 2_000
LONGEST_TAG = 64
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Suite:
    """What the marker says: tests with the same values are one experiment."""

    prompt: str
    set: str
    version: str | int = "production"
    model: str | None = None
    evaluators: tuple[Any, ...] = ()  # names or {name, options}; the server judges the outputs
    primary: str = PASSED  # the score that counts, where there are no evaluators

    @property
    def counts(self) -> str:
        """The name of the score that counts."""
        if not self.evaluators:
            return self.primary
        first = self.evaluators[0]
        return str(first["name"] if isinstance(first, Mapping) else first)

    @property
    def key(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(kw_only=True)
class Case:
    """One test, once. `example_id` is the golden example it was about, if it was about one."""

    key: str
    repeat: int
    test: str
    example_id: str | None = None
    input_data: dict[str, Any] = field(default_factory=dict)
    expected_output: str | None = None
    context: str | None = None
    output: str | None = None
    latency_ms: float | None = None
    error: str | None = LOST
    skipped: bool = False
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)


class Means(NamedTuple):
    """Of one score: over examples, each the mean of its repetitions."""

    mean: float | None
    interval: tuple[float, float] | None
    n: int


def body(suite: Suite, cases: Sequence[Case], git: Mapping[str, Any] | None) -> dict[str, Any]:
    """What `POST /experiments/recorded` takes."""
    wanted: dict[str, Any] = {
        "prompt": suite.prompt,
        "experiment_name": suite.set[-LONGEST_NAME:],
        "version": suite.version,
        "model": suite.model,
        "tags": [suite.set] if len(suite.set) <= LONGEST_TAG else [],
        "git": dict(git) if git else None,
        "cases": [_sent(case, by_id) for case, by_id in _complete(cases)],
    }
    if suite.evaluators:
        return wanted | {"evaluators": list(suite.evaluators)}
    return wanted | {"primary": suite.primary}


def local_means(cases: Iterable[Case]) -> dict[str, Means]:
    """Without a server: the mean and how many examples it rests on, no interval."""
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        for name, score in case.scores.items():
            values[name][case.key].append(score["value"])
    found = {}
    for name, by_example in values.items():
        means = [sum(of_one) / len(of_one) for of_one in by_example.values()]
        found[name] = Means(sum(means) / len(means), None, len(means))
    return found


def shortfalls(wanted: Mapping[str, float], means: Mapping[str, Means]) -> list[str]:
    """A sentence for each criterion that is not met; a score nobody has is not met."""
    found = []
    for name, least in wanted.items():
        mean = means.get(name, Means(None, None, 0))
        if mean.mean is None:
            found.append(f"{name} has no score, at least {least:g} is wanted")
        elif mean.mean < least:
            found.append(f"{name} is {mean.mean:.3f} (n={mean.n}), at least {least:g} is wanted")
    return found


def told(means: Mapping[str, Means]) -> str:
    """`passed 0.833 [0.436, 0.970] n=6`, one after the other."""
    parts = []
    for name, (mean, interval, n) in sorted(means.items()):
        between = f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
        parts.append(f"{name} {'none' if mean is None else f'{mean:.3f}'}{between} n={n}")
    return ", ".join(parts) or "no scores"


def _complete(cases: Sequence[Case]) -> list[tuple[Case, bool]]:
    """By example and repetition, each with as many; whether a case goes by its golden example.

    Two tests about the same golden example are two examples of the set, each by its own key.
    """
    by_key: dict[str, dict[int, Case]] = defaultdict(dict)
    tests: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        by_key[case.key][case.repeat] = case
        if case.example_id is not None:
            tests[case.example_id].add(case.test)
    repeats = max((len(seen) for seen in by_key.values()), default=0)
    found = []
    for seen in by_key.values():
        first = next(iter(seen.values()))
        blank = Case(**{**asdict(first), "error": NOT_RUN, "output": None, "scores": {}})
        rows = [seen[number] for number in sorted(seen)]
        rows += [blank] * (repeats - len(rows))
        by_id = first.example_id is not None and len(tests[first.example_id]) == 1
        found += [(row, by_id) for row in rows]
    return found


def _sent(case: Case, by_id: bool) -> dict[str, Any]:  # noqa: FBT001 - a pair of `_complete`
    example: dict[str, Any] = (
        {"example_id": case.example_id}
        if by_id
        else {
            "key": case.key[-LONGEST_NAME:],
            "input_data": case.input_data,
            "expected_output": case.expected_output,
            "context": case.context,
        }
    )
    return example | {
        "output": case.output,
        "error": case.error,
        "latency_ms": case.latency_ms,
        "scores": case.scores,
    }
