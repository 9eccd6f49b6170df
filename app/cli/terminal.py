"""What the reader's terminal can show, and which results go beside the text."""

import sys
from typing import TextIO

# Our own signs; a prompt's or a golden example's letters stay as they are.
PLAIN_SIGNS = str.maketrans({"−": "-", "–": "-", "…": "...", "×": "x", "·": "-", "≤": "<="})


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty()


def shown(text: str) -> str:
    """The text as stdout takes it: with plain signs where it is a pipe or a file."""
    return text if is_terminal(sys.stdout) else text.translate(PLAIN_SIGNS)


def counted(n: int, singular: str) -> str:
    return f"{n:,} {singular}" if n == 1 else f"{n:,} {singular}s"


def dollars(amount: object) -> str:
    """`$0.0123`; what is not known is not 0."""
    return "cost unknown" if amount is None else f"${float(str(amount)):.4f}"
