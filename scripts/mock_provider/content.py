"""What a reply says: plain words, or JSON that fits the schema a judge was given."""

from functools import cache
from typing import Any, NamedTuple

from pydantic_core import to_json

from scripts.mock_provider.call import Call
from scripts.mock_provider.schemas import REASON, Filler, judgment, schema_in
from scripts.mock_provider.settings import Settings

SENTENCE = (
    "the model reads a prompt and returns text that a judge can score with care while tests "
    "measure cost time and truth so every answer here stays short plain stable and cheap"
)
WORDS = SENTENCE.split()

STRUCTURED = frozenset({"json_object", "json_schema", "json"})


class Tool(NamedTuple):
    name: str
    arguments: Any


class Content(NamedTuple):
    text: str
    judge: bool = False
    tool: Tool | None = None
    spoiled: bool = False  # a judge's reply that is not JSON, on purpose


@cache
def words(count: int) -> str:
    return " ".join(WORDS[i % len(WORDS)] for i in range(max(1, count)))


def score_of(call: Call, settings: Settings) -> float:
    if "score" in call.directive:
        return float(call.directive["score"])
    if settings.judge_score != "hash":
        return float(settings.judge_score)
    return (call.draw >> 24) % 11 / 10


def content_of(call: Call, settings: Settings) -> Content:
    if "reply" in call.directive:
        return Content(call.directive["reply"])
    score = score_of(call, settings)
    request = call.request
    if request.get("tools") and request.get("tool_choice") not in ("none", {"type": "none"}):
        return called_tool(request["tools"][0], score, call.text)
    shape = response_format(request)
    if shape.get("type") in STRUCTURED:
        schema = (shape.get("json_schema") or {}).get("schema") or shape.get("schema")
        schema = schema or shape.get("value") or schema_in(call.text)
        return judged(schema, score, call, settings)
    if "json" in call.text.lower():
        return judged(schema_in(call.text), score, call, settings)
    if "GRADE:" in call.text:  # graders that ask for a letter
        return Content(f"{REASON}\n\nGRADE: {'C' if score >= 0.5 else 'I'}", judge=True)
    return Content(words(settings.tokens), judge="judge" in call.model)


def response_format(request: dict[str, Any]) -> dict[str, Any]:
    shape = request.get("response_format") or (request.get("output_config") or {}).get("format")
    return shape if isinstance(shape, dict) else {}


def judged(schema: dict[str, Any] | None, score: float, call: Call, settings: Settings) -> Content:
    value = Filler(schema, score, call.text).fill() if schema else judgment(score, call.text)
    text = to_json(value).decode()
    if (call.draw >> 8) % 10_000 < settings.err_judge_malformed * 10_000:
        return Content(f"I think it is fine, {text[: len(text) // 2]}", judge=True, spoiled=True)
    return Content(text, judge=True)


def called_tool(tool: dict[str, Any], score: float, text: str) -> Content:
    function = tool.get("function") or tool
    schema = function.get("parameters") or function.get("input_schema") or {}
    arguments = Filler(schema, score, text).fill()
    return Content("", judge=True, tool=Tool(function.get("name", "tool"), arguments))
