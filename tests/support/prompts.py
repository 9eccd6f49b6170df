"""Prompts with versions and golden examples, put into the database the short way."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.accounts.subject import Subject
from app.core.clock import new_id
from app.core.database import unit_of_work
from app.models import GoldenExample, Prompt, PromptVersion
from app.templating.render import check

CONTEXT = (
    "The Fernbrook kettle holds 1.7 litres. It switches off by itself after 40 seconds without "
    "water. The warranty covers three years from the day of purchase. Descale it every two months "
    "with citric acid. The base may not be put under running water."
)
GROUNDED = (
    "Answer the question from the context only. If the context does not answer it, say "
    '"I don\'t know".\n\n<context>\n{{ context }}\n</context>\n\nQuestion: {{ question }}'
)
UNGROUNDED = "Answer the customer's question.\n\nQuestion: {{ question }}"
QUESTIONS = (
    ("How much water does the kettle hold?", "The Fernbrook kettle holds 1.7 litres."),
    ("How long is the warranty?", "The warranty covers three years from the day of purchase."),
    ("How often should I descale it?", "Descale it every two months with citric acid."),
    ("May I wash the base?", "The base may not be put under running water."),
)


class Made(NamedTuple):
    prompt_id: UUID
    name: str
    version_ids: list[UUID]
    example_ids: list[UUID]


def make_prompt(
    subject: Subject,
    *,
    templates: Sequence[str] = (GROUNDED,),
    examples: int = 4,
    model: str | None = None,
    inputs: dict[str, Any] | None = None,
    contexts: Mapping[int, str] | None = None,
) -> Made:
    """A prompt with these versions and so many golden examples about a kettle.

    `contexts` gives the examples with these numbers another context.
    """
    name = f"test/p{new_id().hex[-12:]}"
    prompt_id = new_id()
    with unit_of_work(subject.workspace_id) as session:
        session.add(
            Prompt(id=prompt_id, name=name, created_by="test", latest_number=len(templates))
        )
        session.flush()
        versions = [
            _version(prompt_id, number, template, model)
            for number, template in enumerate(templates, 1)
        ]
        rows = [
            _example(prompt_id, number, inputs, (contexts or {}).get(number, CONTEXT))
            for number in range(examples)
        ]
        session.add_all([*versions, *rows])
        session.flush()
        return Made(prompt_id, name, [v.id for v in versions], [row.id for row in rows])


def _version(prompt_id: UUID, number: int, template: str, model: str | None) -> PromptVersion:
    found = check(template, "jinja2")
    return PromptVersion(
        id=new_id(),
        prompt_id=prompt_id,
        number=number,
        template_format="jinja2",
        template=template,
        model=model,
        parameters={},
        variables=[{"name": n, "required": True} for n in sorted(found.required)]
        + [{"name": n, "required": False} for n in sorted(found.optional)],
        content_hash=hashlib.sha256(f"{number}{template}".encode()).hexdigest(),
        message=f"version {number}",
        created_by="test",
    )


def _example(
    prompt_id: UUID, number: int, inputs: dict[str, Any] | None, context: str
) -> GoldenExample:
    question, expected = QUESTIONS[number % len(QUESTIONS)]
    return GoldenExample(
        id=new_id(),
        prompt_id=prompt_id,
        input_data={"question": question, "context": CONTEXT, "number": number, **(inputs or {})},
        expected_output=expected,
        context=context,
        created_by="test",
    )
