"""What is compressed on its way out, and what is not."""

import pytest

from tests.support.prompts import make_prompt


@pytest.mark.parametrize(
    ("accepted", "examples", "encoding"),
    [("gzip", 20, "gzip"), ("identity", 20, None), ("gzip", 1, None)],
    ids=["large", "not asked for", "small"],
)
def test_large_answers_are_compressed_for_those_who_ask(
    client, subject, accepted, examples, encoding
):
    """From four kilobytes on; caches are told that there are two forms."""
    made = make_prompt(subject, examples=examples)
    answer = client.get(
        f"/api/v1/prompts/{made.prompt_id}/golden-examples",
        headers={"accept-encoding": accepted},
    )

    assert examples == len(answer.json()["items"])
    assert encoding == answer.headers.get("content-encoding")
    assert ("accept-encoding" in answer.headers.get("vary", "").lower()) is (examples > 1)


def test_event_streams_are_never_compressed(client):
    """They leave as they are, however large: a reader gets each event when it happens."""
    trial = {"template": "Say {{ word }}", "variables": {"word": "hi " * 2000}}
    answer = client.post(
        "/api/v1/playground/stream", json=trial, headers={"accept-encoding": "gzip"}
    )

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
