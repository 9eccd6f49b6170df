"""People and their links, from the command line of the machine itself."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.accounts import service
from app.cli import users

pytestmark = pytest.mark.usefixtures("alone")
LINK = r"http://127.0.0.1:8000/{}#[\w-]{{43}}\n"


@contextmanager
def a_process() -> Iterator[None]:
    """What a command leaves in its environment ends with it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_people_are_listed_and_get_their_links(call, data):
    """On a database that is started for the moment; links are printed alone, for a browser."""

    def say(*arguments: str):
        with a_process():
            return call("users", *arguments, "--data-dir", data)

    empty = say("list")
    with a_process(), users._stack(data):
        service.demo_person("ann")
        service.demo_person("ann")
    table = say("list")
    listed = json.loads(say("list", "--json").out)
    sign_in, reset = say("sign-in-link", "ann"), say("reset-link", "ANN@llmops.invalid")
    links = [say(kind, "ann", "--json") for kind in ("sign-in-link", "reset-link")]
    nobody = say("sign-in-link", "bea")

    assert [0] * 4 == [empty.code, table.code, sign_in.code, reset.code]
    assert ["name  e-mail  role"] == empty.out.splitlines()
    assert ["ann", "ann@llmops.invalid", "admin"] == table.out.splitlines()[1].split()
    assert [("ann", "admin", False, None)] == [
        tuple(row[name] for name in ("username", "role", "is_owner", "last_seen_at"))
        for row in listed
    ]
    assert re.fullmatch(LINK.format("sign-in"), sign_in.out)
    assert re.fullmatch(LINK.format("reset"), reset.out)
    for kind, link in zip(("sign-in", "reset"), links, strict=True):
        assert re.fullmatch(LINK.format(kind), json.loads(link.out)["url"] + "\n")
    assert (2, "") == (nobody.code, nobody.out)
    assert "Nobody is called 'bea' here; `llmops users list` names everybody." in nobody.err
