"""A file of the project as the house rules look at it, and what they find."""

import ast
import io
import tokenize
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

CODE = ("app", "sdk", "tasks", "scripts", "alembic")


class Finding(NamedTuple):
    """`line` counts from 1."""

    path: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


class Source:
    """One file of the project; a rule asks it for text, tree or comments."""

    def __init__(self, root: Path, path: str) -> None:
        self.path = path
        self.text = (root / path).read_text(encoding="utf-8")

    @cached_property
    def place(self) -> PurePosixPath:
        return PurePosixPath(self.path)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of a Python file; none of another."""
        return list(ast.walk(ast.parse(self.text))) if self.place.suffix == ".py" else []

    @cached_property
    def comments(self) -> dict[int, str]:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    @property
    def is_code(self) -> bool:
        return self.place.suffix == ".py" and self.place.parts[0] in CODE

    @property
    def is_test(self) -> bool:
        return self.place.suffix == ".py" and self.place.parts[0] == "tests"

    def finding(self, line: int, rule: str, advice: str) -> Finding:
        return Finding(self.path, line, rule, advice)
