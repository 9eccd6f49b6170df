"""One comment on a pull or merge request, found again by its hidden mark and updated in place.

GitHub and GitLab alike: list the comments, change the one that begins with the mark, else add it.
Where there is no request to comment on, or no right to, `NotPosted` says so; that is no failure.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

MOST_PAGES = 20  # of 100 comments
TIMEOUT_S = 20.0


class NotPosted(Exception):
    """Why there is no comment; a sentence."""


class CodeHost(Protocol):
    """Where the comments of one request are, and what they may hold."""

    limit: ClassVar[int]  # bytes of a comment; hosts count characters, which are no more

    @property
    def comments(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def address_of(self, comment: Mapping[str, Any]) -> str: ...
    def verb(self) -> str: ...


@dataclass(frozen=True)
class GitHub:
    api: str
    repository: str
    number: int
    token: str
    limit: ClassVar[int] = 65_000

    @property
    def comments(self) -> str:
        return f"{self.api}/repos/{self.repository}/issues/{self.number}/comments"

    @property
    def headers(self) -> Mapping[str, str]:
        return {
            "authorization": f"Bearer {self.token}",
            "accept": "application/vnd.github+json",
            "x-github-api-version": "2022-11-28",
        }

    def address_of(self, comment: Mapping[str, Any]) -> str:
        return f"{self.api}/repos/{self.repository}/issues/comments/{comment['id']}"

    def verb(self) -> str:
        return "PATCH"


@dataclass(frozen=True)
class GitLab:
    api: str
    project: str
    number: int
    token: str
    limit: ClassVar[int] = 900_000

    @property
    def comments(self) -> str:
        return f"{self.api}/projects/{self.project}/merge_requests/{self.number}/notes"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"private-token": self.token}

    def address_of(self, comment: Mapping[str, Any]) -> str:
        return f"{self.comments}/{comment['id']}"

    def verb(self) -> str:
        return "PUT"


def here(environment: Mapping[str, str] = os.environ) -> CodeHost:
    """The request this job runs for, as the host's own variables say; raises NotPosted."""
    if environment.get("GITHUB_ACTIONS"):
        return _github(environment)
    if environment.get("GITLAB_CI"):
        return _gitlab(environment)
    raise NotPosted("this is no job of GitHub or GitLab")


def _github(environment: Mapping[str, str]) -> GitHub:
    event = _event(environment.get("GITHUB_EVENT_PATH"))
    request = event.get("pull_request")
    if not request:
        raise NotPosted("the job runs for no pull request")
    repository = environment["GITHUB_REPOSITORY"]
    from_repository = (request["head"].get("repo") or {}).get("full_name")
    if from_repository != repository:
        raise NotPosted("a fork's pull request may not comment; the summary has it all")
    token = environment.get("GITHUB_TOKEN")
    if not token:
        raise NotPosted("GITHUB_TOKEN is not set")
    api = environment.get("GITHUB_API_URL", "https://api.github.com")
    return GitHub(api, repository, int(request["number"]), token)


def _event(path: str | None) -> Mapping[str, Any]:
    if not path:
        return {}
    found: Any = json.loads(Path(path).read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _gitlab(environment: Mapping[str, str]) -> GitLab:
    number = environment.get("CI_MERGE_REQUEST_IID")
    if not number:
        raise NotPosted("the job runs for no merge request")
    token = environment.get("GITLAB_TOKEN")
    if not token:
        raise NotPosted("GITLAB_TOKEN is not set: a project token with the scope api")
    return GitLab(environment["CI_API_V4_URL"], environment["CI_PROJECT_ID"], int(number), token)


def post(host: CodeHost, mark: str, body: str) -> None:
    """Adds the comment, or changes the one with the mark; raises NotPosted when refused."""
    import httpx2  # noqa: PLC0415 - 0.1 s that other commands need not spend

    try:
        with httpx2.Client(
            headers=dict(host.headers), timeout=TIMEOUT_S, follow_redirects=False
        ) as client:
            comments = _all(client, host)
            mine = next((one for one in comments if (one["body"] or "").startswith(mark)), None)
            if mine is None:
                answer = client.post(host.comments, json={"body": body})
            else:
                answer = client.request(host.verb(), host.address_of(mine), json={"body": body})
            answer.raise_for_status()
    except httpx2.HTTPStatusError as error:
        raise NotPosted(f"the host refused it with {error.response.status_code}") from error
    except httpx2.HTTPError as error:
        raise NotPosted(f"the host cannot be reached ({type(error).__name__})") from error
    except (ValueError, TypeError, KeyError) as error:  # such as a proxy's page
        raise NotPosted("the host's answer is no list of comments") from error


def _all(client: Any, host: CodeHost) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - httpx2 is imported late
    for page in range(1, MOST_PAGES + 1):
        answer = client.get(host.comments, params={"per_page": 100, "page": page})
        answer.raise_for_status()
        found = answer.json()
        yield from found
        if len(found) < 100:
            return
