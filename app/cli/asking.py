"""What is asked of the server: a prompt's versions, examples and policy, as files and flags say."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from app.cli import git_refs, pushing, sides
from app.cli.choices import Choices
from app.cli.config_file import Project
from app.cli.server import Server
from app.cli.terminal import counted
from app.embedded.errors import Misconfigured
from app.embedded.supervisor import say

if TYPE_CHECKING:
    from app.verdicts.policy import Policy

RULE = re.compile(r"\s*([\w.:-]+)\s*(>=|<=)\s*base\s*(?:([+-])\s*(\d+\.?\d*|\.\d+))?\s*")


class Asked(NamedTuple):
    """The body of `POST /experiments/run`, or None and why nothing has to be run."""

    prompt: str
    body: dict[str, Any] | None
    note: str | None = None
    new: bool = False  # a prompt that the base does not have
    model: str | None = None  # the one it is about, of several that a gate asks one by one


def names_of(project: Project, named: str | None) -> list[str]:
    """The prompts a command is about: the one named, else all of `llmops.yaml`."""
    if named is not None:
        return [named]
    if not project.config.prompts:
        raise Misconfigured(
            "Which prompt? Name one of the server's, or write llmops.yaml: llmops init"
        )
    return list(project.config.prompts)


def checked(
    project: Project, named: str | None, flags: Mapping[str, Any], *, must_compare: bool = False
) -> tuple[list[str], Choices]:
    """The prompts and what is to be done, before anything is started; raises Misconfigured."""
    choices = Choices.of(flags, must_compare=must_compare)
    policy_of(project, choices)
    return names_of(project, named), choices


def ask(server: Server, project: Project, prompt: str, choices: Choices) -> Asked:
    """Pushes what has changed and says what is to be run; raises Misconfigured."""
    file = project.config.prompts.get(prompt)
    if file is None or choices.versions or project.config.experiment.versions:
        row = pushing.get_prompt(server, prompt)
        versions, base, new = sides.there(server, project, prompt, choices), None, False
        wanted = choices.base or sides.said_base(project)
        if wanted is not None:
            base = sides.get_version(server, prompt, wanted).id
            versions = versions if versions == ["all"] else list(dict.fromkeys([base, *versions]))
    else:
        row = pushing.ensure_prompt(server, prompt)
        # the base first: its version has the lower number
        found = sides.base_of(server, project, prompt, row["id"], choices)
        head = sides.head(server, project, prompt, row["id"], choices)
        base = found.id if found else None
        new = found is None and choices.must_compare
        if base == head.id and choices.must_compare:
            return Asked(prompt, None, f"{prompt} is unchanged: v{head.number} is the base itself.")
        versions = list(dict.fromkeys([base, head.id] if base else [head.id]))
    golden = _golden(server, project, prompt, row["id"], choices)
    body = {
        "prompt_id": row["id"],
        "experiment_name": choices.title or _title(prompt, project),
        "versions": versions,
        "baseline": base if len(versions) > 1 else None,
        "golden": golden,
        "gate": _gate(server, project, row["id"], choices),
        **_settings(project, choices),
    }
    return Asked(prompt, body, new=new)


def ask_each(server: Server, project: Project, prompt: str, choices: Choices) -> list[Asked]:
    """As `ask`, a gate's models one by one: what is compared was asked of the same model."""
    asked = ask(server, project, prompt, choices)
    models = asked.body["models"] if asked.body and choices.must_compare else []
    if len(models) < 2:
        return [asked]
    bodies = {model: {**(asked.body or {}), "models": [model]} for model in models}
    return [asked._replace(body=body, model=model) for model, body in bodies.items()]


def _golden(
    server: Server, project: Project, prompt: str, prompt_id: str, choices: Choices
) -> dict[str, Any]:
    picked = {
        name: value
        for name, value in (
            ("tags", [*choices.sets]),
            ("split", choices.split),
            ("sample", choices.limit),
        )
        if value
    }
    files = project.golden_of(prompt)
    if not files:
        return picked
    golden = pushing.push_golden(server, prompt_id, files)
    if golden.added:
        say(f"{prompt}: {counted(golden.added, 'golden example')} added")
    if golden.others and not picked:
        say(
            f"{prompt}: {counted(golden.others, 'golden example')} of the server in none of the "
            "files; left out, so that no protected label can move by this verdict"
        )
    return picked or ({"ids": golden.ids} if golden.ids else {})


def _gate(server: Server, project: Project, prompt_id: str, choices: Choices) -> str | None:
    section = project.config.gate
    if section is not None and section.name and not (choices.rules or choices.min_cases):
        return section.name
    policy = policy_of(project, choices)
    return pushing.push_gate(server, prompt_id, policy) if policy is not None else None


def policy_of(project: Project, choices: Choices) -> "Policy | None":
    """The file's with what the flags change; None where neither says one. Raises Misconfigured."""
    from pydantic import ValidationError  # noqa: PLC0415 - not before a command runs

    from app.verdicts.policy import Policy  # noqa: PLC0415 - same

    section = project.config.gate
    given = section.policy if section is not None and not section.name else None
    changed: dict[str, Any] = {}
    if choices.rules:
        changed["metrics"] = [_rule(text) for text in choices.rules]
    if choices.min_cases:
        changed["minimum_pairs"] = choices.min_cases
    if not changed:
        return given
    told = given.model_dump(exclude_unset=True) if given else {}
    try:
        return Policy.model_validate(told | changed)
    except ValidationError as error:
        said = "; ".join(item["msg"].removeprefix("Value error, ") for item in error.errors())
        raise Misconfigured(f"--gate and --min-cases do not make a policy: {said}.") from None


def _rule(text: str) -> dict[str, Any]:
    """`correctness >= base - 0.02`: a metric, which way is better, and its margin."""
    match = RULE.fullmatch(text)
    upward = match is not None and match[2] == ">="
    if match is None or (match[3] and (match[3] == "-") != upward):
        raise Misconfigured(
            f"--gate {text!r} is not read; write it as 'correctness >= base - 0.02', or as "
            "'failure <= base + 0.02' where less is better."
        )
    margin = float(match[4]) if match[4] else 0.0
    if not 0 < margin <= 1:
        raise Misconfigured(
            f"--gate {text!r}: say how large a drop does not matter, above 0 and at most 1; none "
            "at all can be shown by no number of examples."
        )
    return {
        "metric": match[1],
        "direction": "higher" if upward else "lower",
        "margin": margin,
    }


def _settings(project: Project, choices: Choices) -> dict[str, Any]:
    said = project.config.experiment
    evaluators = [item if isinstance(item, str) else item.model_dump() for item in said.evaluators]
    if said.judge:
        evaluators.append(f"judge:{said.judge.removeprefix('judge:')}")
    limit = choices.max_cost if choices.max_cost is not None else said.max_cost_usd
    return {
        "models": [*choices.models] or said.models,
        "evaluators": evaluators,
        "repeats": choices.repeats or said.repeats,
        "concurrency": choices.jobs or said.concurrency,
        "max_cost_usd": None if limit is None else str(limit),
        "cache": said.cache if choices.cache is None else choices.cache,
        "tags": list(dict.fromkeys([*said.tags, *choices.tags])),
        "git": git_refs.told(project.folder),
    }


def _title(prompt: str, project: Project) -> str:
    git = git_refs.told(project.folder) or {}
    where = [git.get("ref"), git["sha"][:12] if "sha" in git else None]
    told = " ".join(part for part in where if part)
    return f"{prompt} at {told}"[:200] if told else prompt
