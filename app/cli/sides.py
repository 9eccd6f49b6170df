"""Which versions are compared: prompts' files, git commits, labels and numbers."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from app.cli import git_refs, prompt_file, pushing
from app.cli.choices import Choices
from app.cli.config_file import FILE, Project, parse, text_of
from app.cli.pushing import Pushed
from app.cli.server import Server
from app.embedded.errors import Misconfigured
from app.embedded.supervisor import say

SELECTOR = re.compile(r"v?(\d{1,9})|([a-z][a-z0-9_-]{0,63})")  # a number, a label or `latest`


def there(server: Server, project: Project, prompt: str, choices: Choices) -> list[str]:
    wanted = [*choices.versions] or [str(item) for item in project.config.experiment.versions]
    return [get_version(server, prompt, item).id for item in wanted] or ["all"]


def said_base(project: Project) -> str | None:
    """What llmops.yaml says itself; the default is only for prompts with a file."""
    experiment = project.config.experiment
    return str(experiment.base) if "base" in experiment.model_fields_set else None


def find_version(server: Server, prompt: str, selector: str) -> Pushed | None:
    """A version by its number, with or without a `v`, by a label, or `latest`."""
    from llmops.errors import ApiError  # noqa: PLC0415 - not before a command runs

    match = SELECTOR.fullmatch(selector)
    if match is None:
        return None
    try:
        found = server.get(_place(prompt, match[1] or match[2]))
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return Pushed(str(found["id"]), int(found["number"]), new=False)


def get_version(server: Server, prompt: str, selector: str) -> Pushed:
    found = find_version(server, prompt, selector)
    if found is None:
        raise Misconfigured(f"{prompt} has no version {selector!r} at {server.url}.")
    return found


def read_version(server: Server, prompt: str, selector: str) -> dict[str, Any]:
    """All of it, as the server has it."""
    number = get_version(server, prompt, selector).number
    found: dict[str, Any] = server.get(_place(prompt, number))
    return found


def _place(prompt: str, selector: str | int) -> str:
    return f"/prompts/by-name/{quote(prompt)}@{selector}"


def head(server: Server, project: Project, prompt: str, prompt_id: str, choices: Choices) -> Pushed:
    """The file as it lies there, or as a commit has it."""
    file = project.config.prompts[prompt]
    if choices.head is not None:
        commit = git_refs.commit_of(choices.head, project.folder)
        found = commit and _push_at(server, project, prompt, prompt_id, commit)
        if found:
            return found
        raise Misconfigured(f"{choices.head!r} has no {file}, or git does not know it here.")
    place = project.folder / file
    content = prompt_file.content(text_of(place), str(place))
    return _pushed(server, prompt, prompt_id, content, file=str(place))


def base_of(
    server: Server, project: Project, prompt: str, prompt_id: str, choices: Choices
) -> Pushed | None:
    """A label, a number, or a commit; None where there is none yet, which a warning says."""
    wanted = choices.base or str(project.config.experiment.base)
    found = find_version(server, prompt, wanted)
    if found is not None:
        return found
    commit = git_refs.commit_of(wanted, project.folder)
    if commit is not None:
        found = _push_at(server, project, prompt, prompt_id, commit)
        if found is None:
            say(f"{prompt}: {wanted} does not have it yet; there is nothing to compare with.")
        return found
    if choices.base or said_base(project) or choices.must_compare:
        raise Misconfigured(
            f"{prompt} has no version {wanted!r} to compare with, and git knows no commit of that "
            "name here (a CI checkout needs the history: fetch-depth: 0). Name another with "
            f"--base, or move the label: llmops labels move {prompt} latest --label production"
        )
    say(f"{prompt}: no version is labelled {wanted}; there is nothing to compare with.")
    return None


def _push_at(
    server: Server, project: Project, prompt: str, prompt_id: str, commit: str
) -> Pushed | None:
    """The prompt's file of a commit as a version; None where the commit does not have it."""
    file = _file_at(project, prompt, commit)
    text = git_refs.file_at(commit, file, project.folder)
    if text is None:
        return None
    name = f"{file} at {commit[:12]}"
    return _pushed(server, prompt, prompt_id, prompt_file.content(text, name), file=name)


def _file_at(project: Project, prompt: str, commit: str) -> str:
    """Where the commit's own llmops.yaml has the prompt: files are renamed."""
    now = project.config.prompts[prompt]
    text = git_refs.file_at(commit, project.file.name if project.file else FILE, project.folder)
    if text is None:
        return now
    try:
        return parse(text, FILE).prompts.get(prompt, now)
    except Misconfigured:  # an older commit may say what this version does not read
        return now


def _pushed(
    server: Server, prompt: str, prompt_id: str, content: Mapping[str, Any], *, file: str
) -> Pushed:
    pushed = pushing.push_version(server, prompt_id, content, message=file, file=file)
    say(f"{prompt} v{pushed.number}: {'saved from' if pushed.new else 'the same as'} {file}")
    return pushed
