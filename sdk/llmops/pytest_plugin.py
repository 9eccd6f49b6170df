"""pytest plugin: tests as cases of one experiment.

A worker of pytest-xdist puts what it saw on the reports, which reach the controller one by one, so
that a worker that dies loses its own test only; the controller records once. Nothing of the client
is imported before it is needed: the plugin is loaded in every run of pytest.
"""

from collections.abc import Generator, Mapping
from dataclasses import asdict
from typing import Any, Protocol

import pytest

from llmops.suite import LONGEST_REASON, LONGEST_TEXT, PASSED, Case, Suite

MARKER = "llmops"
GOLDEN = "golden"
REPEAT = "_llmops_repeat"
ARGUMENTS = frozenset(
    {"prompt", "set", "version", "model", "evaluators", "primary", "repetitions", "min_mean"}
)
HELP = (
    "llmops(prompt, set, version='production', evaluators=(), primary='passed', repetitions=1, "
    "min_mean=None, model=None): the results go into an experiment of this prompt."
)
SEEN = pytest.StashKey[Case]()


class LogOutput(Protocol):
    def __call__(self, output: str, *, latency_ms: float | None = None) -> None: ...


class LogScore(Protocol):
    def __call__(self, name: str, value: float, reason: str = "") -> None: ...


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", HELP)
    if not hasattr(config, "workerinput"):
        from llmops.session import Recorder  # noqa: PLC0415 - after the marker is known

        config.pluginmanager.register(Recorder(config), "llmops-recorder")


@pytest.hookimpl(trylast=True)  # so that the repetition ends the id
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    told = _told(metafunc.definition)
    if told is None:
        return
    if GOLDEN in metafunc.fixturenames:
        from llmops.golden import examples  # noqa: PLC0415 - asks the server

        found = examples(told["prompt"], told.get("set"))
        metafunc.parametrize(GOLDEN, found, ids=[f"{example.id}" for example in found])
    repetitions = told.get("repetitions", 1)
    if repetitions > 1:
        metafunc.fixturenames.append(REPEAT)
        names = [f"r{number + 1}" for number in range(repetitions)]
        metafunc.parametrize(REPEAT, range(repetitions), indirect=True, ids=names)


@pytest.fixture(name=REPEAT)
def _repeat(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture
def log_output(request: pytest.FixtureRequest) -> LogOutput:
    """`log_output(text)`: what the program under test answered."""
    case = _case(request.node)

    def log(output: str, *, latency_ms: float | None = None) -> None:
        case.output, case.latency_ms = output[:LONGEST_TEXT], latency_ms

    return log


@pytest.fixture
def log_score(request: pytest.FixtureRequest) -> LogScore:
    """`log_score("correctness", 0.9)`: a score of the test's own, from 0 to 1."""
    case = _case(request.node)

    def log(name: str, value: float, reason: str = "") -> None:
        if not 0 <= value <= 1:
            raise ValueError(f"A score is from 0 to 1, {name} is {value}.")
        case.scores[name] = {"value": float(value), "reason": reason[:LONGEST_REASON]}

    return log


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    told = _told(item)
    if told is not None and report.when in {"setup", "call"}:
        case = _case(item)
        _note(case, report)
        suite = {name: told[name] for name in Suite.__dataclass_fields__ if name in told}
        vars(report)["llmops"] = {  # plain values: it travels between processes
            "suite": {"set": item.nodeid.partition("[")[0], **suite},
            "min_mean": _criteria(told),
            "case": asdict(case),
        }
    return report


def _note(case: Case, report: pytest.TestReport) -> None:
    """How a phase ended. A test that fails has failed; one that cannot start has no score."""
    if report.skipped:
        case.skipped, case.error = True, None
    elif report.when == "setup":
        if report.failed:
            case.error = _reason(report)
    else:
        case.error = None
        reason = _reason(report) if report.failed else ""
        case.scores[PASSED] = {"value": float(report.passed), "reason": reason}


def _reason(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longreprtext)[:LONGEST_REASON]


def _case(item: pytest.Item) -> Case:
    if SEEN not in item.stash:
        item.stash[SEEN] = _new_case(item)
    return item.stash[SEEN]


def _new_case(item: pytest.Item) -> Case:
    callspec = getattr(item, "callspec", None)
    params: Mapping[str, Any] = callspec.params if callspec is not None else {}
    repeat = params.get(REPEAT)
    test, _, chosen = item.nodeid.partition("[")
    if repeat is not None:
        chosen = chosen.removesuffix(f"r{repeat + 1}]").removesuffix("-")
        chosen = f"{chosen}]" if chosen else ""
    example = params.get(GOLDEN)
    inputs = {
        name: value
        for name, value in params.items()
        if name not in {GOLDEN, REPEAT} and isinstance(value, (str, int, float, bool, type(None)))
    }
    return Case(
        key=f"{test}[{chosen}" if chosen else test,
        repeat=repeat or 0,
        test=test,
        example_id=str(example.id) if example is not None else None,
        input_data=example.input_data if example is not None else inputs,
        expected_output=example.expected_output if example is not None else None,
        context=example.context if example is not None else None,
    )


def _told(node: pytest.Item | pytest.Collector) -> dict[str, Any] | None:
    """The marker's arguments, those nearer to the test first; None without the marker."""
    found: dict[str, Any] = {}
    marks = list(node.iter_markers(MARKER))
    for mark in reversed(marks):
        unknown = sorted(mark.kwargs.keys() - ARGUMENTS)
        if unknown or mark.args:
            names = ", ".join(sorted(ARGUMENTS))
            what = unknown[0] if unknown else "a value without a name"
            raise pytest.UsageError(
                f"{node.nodeid}: llmops() does not know {what}; it has {names}."
            )
        found |= mark.kwargs
    if not marks:
        return None
    if not found.get("prompt"):
        raise pytest.UsageError(f"{node.nodeid}: llmops() needs prompt=… (its name).")
    found["evaluators"] = tuple(found.get("evaluators", ()))
    return found


def _criteria(told: Mapping[str, Any]) -> dict[str, float]:
    """`min_mean=0.8` is about the score that counts; a dict names its scores."""
    least = told.get("min_mean")
    if least is None:
        return {}
    if isinstance(least, Mapping):
        return {str(name): float(value) for name, value in least.items()}
    wanted = {name: told[name] for name in ("evaluators", "primary") if name in told}
    return {Suite(prompt=told["prompt"], set="", **wanted).counts: float(least)}
