"""The demo workspace: a support assistant for an invented e-bike subscription.

Forty golden examples and three versions of one prompt, the third a plausible saving that makes
answers worse. Nothing here knows how any model answers.
"""

import json
from importlib.resources import files
from typing import Literal, NamedTuple, TypedDict

PROMPT_NAME = "support/answer"

_MESSAGES = (
    "First try",
    "Answer from the article, or say you don't know",
    "Pass the summary instead of the article: saves tokens",
)


class Inputs(TypedDict):
    """The variables of every template of the demo prompt."""

    question: str
    article: str
    summary: str


class Example(TypedDict):
    """One golden example; `context` is the article, whatever a version shows to the model."""

    input_data: Inputs
    expected_output: str
    context: str
    tags: list[str]
    critical: bool
    split: Literal["test"]


class DemoVersion(NamedTuple):
    """A Jinja2 template and its commit message."""

    template: str
    message: str


def versions() -> list[DemoVersion]:
    """The versions of the demo prompt, oldest first."""
    return [
        DemoVersion(_read(f"version_{number}.jinja"), message)
        for number, message in enumerate(_MESSAGES, start=1)
    ]


def examples() -> list[Example]:
    """The forty golden examples, in a fixed order."""
    lines: list[Example] = [json.loads(line) for line in _read("examples.jsonl").splitlines()]
    return lines


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
