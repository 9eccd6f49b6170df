"""A fast, deterministic stand-in for language-model providers, for tests, drills and benchmarks.

One port answers what OpenAI, Hugging Face and Anthropic answer (routes match the path's end, so any
prefix works):

  POST …/chat/completions     OpenAI and Hugging Face chat, streamed or not, tools, JSON schema
  POST …/messages             Anthropic messages, streamed or not
  POST /, …/models/<id>       Hugging Face text generation
  POST …/embeddings           OpenAI embeddings;  POST …/feature-extraction  Hugging Face's
  GET  …/models               the list of models
  GET  /stats[?hashes=1]      GET|POST /config      POST /reset      GET /health

What makes its numbers worth trusting: every decision (latency, fault, score, text) is a function
of (seed, request body, how often this body was seen), never of arrival order, so a run repeats
exactly; a reply is never sent before its latency has passed, and `late_ms` says how late replies
were, so a run in which this server was the bottleneck shows itself.

The key `wrong-key` is answered 401 and the model `no-such-model` 404. A prompt may carry its fault:

  [[mock:status=500,times=2]] [[mock:hang]] [[mock:drop]] [[mock:drop_mid]] [[mock:stall]]
  [[mock:malformed]] [[mock:error_event]] [[mock:end_early]] [[mock:latency=1.5]] [[mock:score=0.2]]
  [[mock:status=429,retry_after=2]] [[mock:refuses=temperature]] [[mock:usage=none]]
  [[mock:reply=any text, to the end]]

`times` is the number of tries the fault lasts; `usage` may be none, negative or huge; `cached=30`
says how many of the prompt's tokens came from a cache.
"""

import argparse
import dataclasses
import resource
from collections.abc import Sequence

import uvloop

from scripts.mock_provider.server import serve
from scripts.mock_provider.settings import Settings


def parser() -> argparse.ArgumentParser:
    """One flag for every field of `Settings`."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mock_provider",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for field in dataclasses.fields(Settings):
        flag = f"--{field.name.replace('_', '-')}"
        text = field.metadata["help"]
        if field.default is False:
            parser.add_argument(flag, action="store_true", help=text)
        else:
            kind = float if field.default is None else type(field.default)
            choices = field.metadata.get("choices")
            parser.add_argument(flag, type=kind, default=field.default, choices=choices, help=text)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    settings = Settings(**vars(parser().parse_args(arguments)))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
