"""The dashboard as people meet it: when a page is there, how a long list answers, its server.

Run by `make bench-pages`; writes its tables into docs/benchmarks.md. A stack of its own in a
temporary folder: first the demo, then a workspace with much in it. It judges nothing: whoever
reads the figures compares them with the budgets beside them.
"""

import argparse
import os
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, StorageState, sync_playwright

from app.accounts import service as accounts
from app.accounts.subject import Scope
from app.cli import demo_workspace
from app.embedded import stack, surroundings
from app.embedded.stack import Running
from benchmarks import answers, document, long_list, sight
from benchmarks.answers import Answered
from benchmarks.crowd import Crowd
from benchmarks.long_list import LongList
from benchmarks.sight import Seen
from tests.browser import chromium

PARTS = ("pages", "list", "server")


def _pages(experiment: str) -> dict[str, str]:
    return {
        "dashboard": "/",
        "prompts": "/prompts",
        "prompt": "/prompts/support/answer",
        "experiments": "/experiments",
        "new experiment": "/experiments/new",
        "experiment": f"/experiments/{experiment}",
        "compare": f"/compare?base={experiment}:1&with={experiment}:2",
        "playground": "/playground",
        "evaluations": "/evaluations",
        "review queue": "/evaluations/review",
        "analytics": "/analytics",
        "settings": "/settings/members",
    }


class Measuring:
    def __init__(self, parts: Sequence[str], only: str) -> None:
        self._parts = parts
        self._only = only
        self.tables: dict[str, str] = {}

    def __call__(self, running: Running) -> None:
        experiment = self._demo(running)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium.find(), args=chromium.flags()
            )
            state = _signed_in(browser, running)
            if "pages" in self._parts:
                wanted = {n: p for n, p in _pages(experiment).items() if self._only in n}
                seen = [
                    sight.measure(browser, state, n, running.url + p) for n, p in wanted.items()
                ]
                self._tell("pages", _pages_table(seen))
            if {"list", "server"} & set(self._parts):
                self._crowded(running, browser, state)
            browser.close()
        signal.raise_signal(signal.SIGTERM)  # what Ctrl-C would say

    def _demo(self, running: Running) -> str:
        with demo_workspace.connect(running.url, demo_workspace.api_key(running)) as client:
            prompt_id = demo_workspace.load(client)
            status = demo_workspace.experiment(client, prompt_id, lambda _: None)
        return str(status["experiment_id"])

    def _crowded(self, running: Running, browser: Browser, state: StorageState) -> None:
        surroundings.adopt(running.environment)
        key = accounts.create_key("bench", frozenset(Scope), rate_limit_per_minute=100_000).secret
        experiment = Crowd().fill()
        surroundings.let_go()
        if "list" in self._parts:
            url = f"{running.url}/compare?base={experiment}:0&with={experiment}:1"
            self._tell("list", _list_table(long_list.measure(browser, state, url)))
        if "server" in self._parts:
            with httpx2.Client(
                base_url=running.url,
                headers={"X-API-Key": key},
                timeout=60,
                trust_env=False,
            ) as client:
                found = [
                    answers.measure(client, what, path)
                    for what, path in answers.paths(experiment).items()
                ]
            self._tell("server", _server_table(found))

    def _tell(self, part: str, table: str) -> None:
        self.tables[part] = table
        print(f"\n{table}\n", flush=True)


def _signed_in(browser: Browser, running: Running) -> StorageState:
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo_workspace.dashboard_link(running))
    page.wait_for_url(f"{running.url}/")
    state = context.storage_state()
    context.close()
    return state


def _pages_table(found: list[Seen]) -> str:
    rows = [
        "| page | LCP (≤ 1,500 ms) | CLS (≤ 0.1) | scripts on the wire | painted largest |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {s.name} | {s.lcp.ms()} | {s.cls} | {s.scripts / 1024:.0f} KiB | `{s.largest}` |"
        for s in found
    ]
    return "\n".join(rows)


def _list_table(found: LongList) -> str:
    lines = (
        ("first paint of the rows", found.first_rows.ms(), "1,200 ms"),
        ("another order", found.sort.ms(), "100 ms"),
        ("a chip of the filter", found.chip.ms(), "100 ms"),
        ("a word searched for", found.search.ms(), "100 ms"),
        ("rows in the document", str(found.rows), "40"),
    )
    rows = ["| compare, 5,000 cases | found | at most |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| {what} | {took} | {most} |" for what, took, most in lines)])


def _server_table(found: list[Answered]) -> str:
    rows = [
        "| answer (≤ 300 ms) | took | `/healthz` in turn | on the wire |",
        "|---|---|---|---|",
    ]
    rows += [f"| {a.what} | {a.took.ms()} | {a.bare.ms()} | {a.kib:,.0f} KiB |" for a in found]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    arguments = parser.parse_args()
    if chromium.find() is None:
        raise SystemExit(chromium.MISSING)
    measuring = Measuring(arguments.parts, arguments.only)
    with tempfile.TemporaryDirectory(prefix="llmops-pages-") as folder:
        stack.run(stack.Options(data_dir=Path(folder) / "data", port=0), measuring)
    if set(measuring.tables) == set(PARTS) and not arguments.only:
        cores = f"{os.cpu_count()} cores; least / median of {sight.RUNS} or {answers.ASKED}."
        document.write("pages", "\n\n".join([cores, *measuring.tables.values()]))


if __name__ == "__main__":
    main()
