"""Pure judges of outputs. Importing the package registers every evaluator there is."""

from app.evaluators import (
    checklist,
    conduct,
    correctness,
    grounding,
    hallucination,
    json_fields,
    overlap,
    pairwise,
    private,
    relevance,
    rubric,
    size,
    sql,
    structured,
    text,
    tool_calls,
)

__all__ = [
    "checklist",
    "conduct",
    "correctness",
    "grounding",
    "hallucination",
    "json_fields",
    "overlap",
    "pairwise",
    "private",
    "relevance",
    "rubric",
    "size",
    "sql",
    "structured",
    "text",
    "tool_calls",
]
