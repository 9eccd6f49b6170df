"""What golden examples say, as one number: two sets with the same hash are the same test."""

import hashlib
import json
from collections.abc import Iterable

from app.models import GoldenExample


def snapshot_hash(examples: Iterable[GoldenExample]) -> str:
    """SHA-256 over what the examples say, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        content = [
            str(example.id),
            example.input_data,
            example.expected_output,
            example.context,
            example.criteria,
            example.weight,
            example.critical,
        ]
        digest.update(json.dumps(content, sort_keys=True).encode())
    return digest.hexdigest()
