"""A table as datasets are published: CSV, JSONL or Parquet, its columns mapped to fields.

It is what golden examples import anyway; nothing is loaded from anywhere.
"""

from app.imports.found import Found


def read(content: bytes) -> Found:
    """The file as it is: columns and rows are checked where the prompt's variables are known."""
    return Found(table=content)
