"""How rare a word is: its inverse document frequency, learnt once by scripts/train_grounding.py."""

import json
from functools import cache, lru_cache
from math import log
from pathlib import Path

from app.grounding.text import stem

TABLE = Path(__file__).with_name("idf.json")


@cache
def _learnt() -> tuple[int, dict[str, int]]:
    stored = json.loads(TABLE.read_text(encoding="utf-8"))
    return stored["sentences"], stored["counts"]


@lru_cache(maxsize=65_536)
def idf(word: str) -> float:
    """ln((N + 1) / (n + 1)) for a word or its stem in n of N sentences; unseen words have n = 0."""
    total, counts = _learnt()
    return log((total + 1) / (counts.get(word, counts.get(stem(word), 0)) + 1))
