"""What `llmops init` writes: a prompt that works, examples that can tell when it no longer does."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.demo.content import Inputs

WORKFLOW = ".github/workflows/llmops.yml"
PROMPT = "support/answer"
PROMPT_FILE = "prompts/support-answer.md"
GOLDEN_FILE = "golden.jsonl"

CONFIG = f"""\
# What this repository's prompts are, and how a change to one is judged.
# Every key: docs/reference/llmops-yaml.md of the platform.
prompts:
  {PROMPT}: {PROMPT_FILE}

golden:
  {PROMPT}: {GOLDEN_FILE}

experiment:
  evaluators: [similarity, hallucination]
  # models: [openai:gpt-5-mini]   # else each prompt's own, else the server's default
  # max_cost_usd: 1.00            # no call is made that could go beyond it

gate:
  metrics:
    # Forty examples cannot show a drop of 0.05; the margin is what they can show.
    - {{metric: score, margin: 0.1}}
    - {{metric: failure, margin: 0.1}}
"""

ACTION = """\
name: prompts

on:
  pull_request:
    paths: ["llmops.yaml", "prompts/**", "golden.jsonl"]

permissions:
  contents: read
  pull-requests: write # the comment; a fork's pull request gets a summary only

jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0 # the base's prompts are read from git
          persist-credentials: false
      - uses: {action}
        with:
          config: llmops.yaml
          base: origin/${{{{ github.base_ref }}}}
          server-url: ${{{{ vars.LLMOPS_URL }}}} # without one, the job starts a server of its own
          api-key: ${{{{ secrets.LLMOPS_API_KEY }}}}
          comment: true
"""

DEFAULT_ACTION = "OWNER/llmops-platform/.github/actions/llmops-gate@main"


def files(action: str) -> dict[str, str]:
    """Contents by path. Prompt and examples are the demo's, whose regressions are known."""
    from app.demo import content  # noqa: PLC0415 - only this command reads them

    working = content.versions()[1].template
    rows = [
        {**example, "input_data": _inputs(example["input_data"])} for example in content.examples()
    ]
    return {
        "llmops.yaml": CONFIG,
        PROMPT_FILE: f"{working.rstrip()}\n",
        GOLDEN_FILE: "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
        WORKFLOW: ACTION.format(action=action),
    }


def _inputs(given: "Inputs") -> dict[str, str]:
    """Those the prompt reads; a file with others is refused."""
    return {"question": given["question"], "article": given["article"]}
