import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from app.cli.main import main
from tests.embedded.alone import alone, data

__all__ = ["alone", "call", "data"]


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys, monkeypatch) -> Callable[..., Answer]:
    """`call("keys", "create", …)`: the console entry point, as a shell sees it."""

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["llmops", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        code = end.value.code
        assert isinstance(code, int)
        return Answer(code, *capsys.readouterr())

    return run
