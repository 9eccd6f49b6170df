"""How a template, or what it is given, can be wrong."""

from collections.abc import Iterable

MAX_NAMES = 10  # in a sentence


class TemplateProblem(ValueError):
    """`line` counts from 1; `turn` is the number of the message in a chat prompt, from 1."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.turn: int | None = None

    def __str__(self) -> str:
        places = {"message": self.turn, "line": self.line}
        place = ", ".join(f"{name} {number}" for name, number in places.items() if number)
        return f"{place}: {self.reason}" if place else self.reason


class TemplateRefused(TemplateProblem):
    """The source uses something a prompt may not use; it is refused when it is saved."""


class TemplateTooBig(TemplateProblem):
    """A budget of work or size ran out while rendering."""


class TemplateFailed(TemplateProblem):
    """These variables do not fit this template."""


class MissingVariables(TemplateFailed):
    """The template needs variables it was not given; `names` lists all of them, sorted."""

    def __init__(self, names: Iterable[str], *, line: int | None = None) -> None:
        self.names = tuple(sorted(names))
        shown = ", ".join(self.names[:MAX_NAMES])
        more = len(self.names) - MAX_NAMES
        end = f" and {more} more" if more > 0 else ""
        super().__init__(f"no value is given for {shown}{end}", line=line)
