import { act, screen, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { Status } from "./api";
import { ID, PROGRESS, RUNNING, tableOf } from "./testing";

/** A stream that a test speaks into. */
class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readyState = 1;

  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }

  close() {
    this.readyState = FakeEventSource.CLOSED;
  }

  say(name: string, data: unknown) {
    act(() => void this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) })));
  }

  fail() {
    act(() => void this.dispatchEvent(new Event("error")));
  }
}

const stream = () => {
  const source = FakeEventSource.opened.at(-1);
  if (!source) throw new Error("No stream was opened.");
  return source;
};
const event = (done: number, failed: number) => ({ status: "running", progress: { done, failed, total: 10, eta_s: 30 }, cost_usd: "0.07" });

function serve(status: Status) {
  answer("get", `/experiments/${ID}/status`, status);
  answer("get", `/experiments/${ID}/cases`, tableOf(10));
}

beforeEach(() => {
  FakeEventSource.opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const open = async (path = `/experiments/${ID}`) => {
  const view = renderAt(path);
  await screen.findByRole("heading", { level: 1, name: "v10 against v7" });
  return view;
};

test("progress moves with the events of the stream, and its numbers add up to the plan", async () => {
  serve(RUNNING);
  await open();
  const bar = screen.getByRole("progressbar", { name: "Scored cases" });
  expect(bar).toHaveAttribute("aria-valuenow", "4");
  expect(screen.getByText("1 failed: model · 5 still to come")).toBeInTheDocument();

  stream().say("progress", event(8, 1));
  expect(bar).toHaveAttribute("aria-valuenow", "7");
  expect(screen.getByText("1 failed: model · 2 still to come")).toBeInTheDocument();
  expect(screen.getByText(/\$0\.07/)).toHaveTextContent("30 s left");
});

test("without a stream the time left is the status's own, not what was streamed last", async () => {
  serve({ ...RUNNING, cached: 3 });
  await open();
  stream().say("progress", event(8, 1));
  expect(screen.getByText(/\$0\.07/)).toHaveTextContent("3 cached · 30 s left");
  stream().fail();
  stream().fail();
  stream().fail();
  expect(await screen.findByText(/asked every 5 s/)).toHaveTextContent("48 s left");
});

test("the page asks for the status and the cases, and its name ends the way to it", async () => {
  serve(RUNNING);
  const asked: string[] = [];
  const note = ({ request }: { request: Request }) => void asked.push(new URL(request.url).pathname);
  server.events.on("request:start", note);
  await open();
  await screen.findByRole("table", { name: "Cases of the experiment" });
  server.events.removeAllListeners();

  expect(asked.filter((path) => path.includes("/experiments")).toSorted()).toEqual([`/api/v1/experiments/${ID}/cases`, `/api/v1/experiments/${ID}/status`]);
  const way = screen.getByRole("navigation", { name: "Breadcrumb" });
  expect(within(way).getByText("v10 against v7")).toHaveAttribute("aria-current", "page");
  expect(screen.getByText(/started by ada, ci/)).toHaveTextContent("commit b41d7e0");
});

test("without a stream the experiment is asked for every five seconds", async () => {
  serve(RUNNING);
  await open();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  for (let failure = 0; failure < 3; failure += 1) stream().fail();
  expect(screen.getByText(/asked every 5 s/)).toBeInTheDocument();

  answer("get", `/experiments/${ID}/status`, { ...RUNNING, progress: { ...PROGRESS, scored: 9 } });
  await act(() => vi.advanceTimersByTimeAsync(5_100));
  vi.useRealTimers();
  expect(await screen.findByText("9 of 10 cases scored", { selector: "b" })).toBeInTheDocument();
});

test("a cancel by somebody else is told, and the page shows how things stand", async () => {
  serve(RUNNING);
  const { user } = await open();
  refuse("post", `/experiments/${ID}/pause`, 409, "conflict", "This experiment has ended as cancelled; only a running one can be changed.");
  answer("get", `/experiments/${ID}/status`, { ...RUNNING, status: "cancelled", progress: { ...PROGRESS, cancelled: 5 } });
  await user.click(screen.getByRole("button", { name: "Pause" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("ended as cancelled");
  expect(await screen.findByText(/Somebody else was first: it is cancelled now/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Pause" })).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Run the missing 6" })).toBeInTheDocument();
});

test("of a run whose results could not be computed only that is tried again, and nothing is paid", async () => {
  const error = "The results could not be rolled up: KeyError; the cases are kept.";
  serve({ ...RUNNING, status: "failed", error, progress: { ...PROGRESS, scored: 9 } });
  const { user } = await open();
  expect(await screen.findByRole("alert")).toHaveTextContent("the cases are kept");
  answer("post", `/experiments/${ID}/retry-failed`, { ...RUNNING, status: "rolling_up" });
  await user.click(screen.getByRole("button", { name: "Compute the results again" }));

  expect(await screen.findByText("The results are computed again; nothing is paid for.")).toBeInTheDocument();
});

test("before the end the page says what the verdict waits for, and shows figures with their n", async () => {
  serve(RUNNING);
  await open();
  expect(await screen.findByText("The verdict comes when the last 5 cases are done.")).toBeInTheDocument();
  expect(screen.getByText(/can see a drop of 0\.08 or more/)).toBeInTheDocument();
  const versions = await screen.findByRole("table", { name: "Result of each version" });
  expect(within(versions).getByText("[0.80 … 0.91], n=5")).toBeInTheDocument();
});

test("the cases stand in the plan's order while it runs, and only some of many are drawn", async () => {
  serve(RUNNING);
  server.use(msw.get(`*/api/v1/experiments/${ID}/cases`, () => HttpResponse.json(tableOf(5_000))));
  await open();
  const cases = await screen.findByRole("table", { name: "Cases of the experiment" });
  expect(cases).toHaveAttribute("aria-rowcount", "5001");
  const links = within(cases).getAllByRole("link");
  expect(links.map((link) => link.textContent).slice(0, 3)).toEqual(["Question 1", "Question 2", "Question 3"]);
  expect(links.length).toBeLessThanOrEqual(40);
});

test("errors are named by their cause with one hint", async () => {
  serve(RUNNING);
  await open();
  expect(await screen.findByText("The provider limits this key")).toBeInTheDocument();
  expect(screen.getByText(/lower the concurrency/)).toBeInTheDocument();
});

test("an ended run leads with the server's sentence, its cases worst first, and Compare", async () => {
  const verdict = {
    verdict: "regression",
    headline: "v10 answers refund questions worse than v7.",
    sentence: "v10 answers refund questions worse than v7. Score fell from 0.87 to 0.80.",
    reasons: [],
    warnings: [],
    settle: null,
    metrics: [],
    slices: [],
    policy: { gate: null, gate_id: null, number: null, policy: { alpha: 0.05 } },
    n_pairs: 5,
    n_examples: 5,
    score_if_missing: null,
    seed: 4307,
    candidate: { version_number: 10, arm: 1 },
  };
  const compared = { baseline: 7, baseline_arm: 0, metric: "score", p_value: 0.4, adjusted_p: 0.4, n_pairs: 5, wins: 1, ties: 3, losses: 1 };
  const comparisons = [
    { ...compared, candidate: 10, candidate_arm: 1, verdict: "regression", sentence: verdict.sentence, difference: -0.07, interval: [-0.1, -0.04] },
    { ...compared, candidate: 9, candidate_arm: 2, verdict: "inconclusive", sentence: "v9 may be worse.", difference: -0.01, interval: [-0.1, 0.08] },
  ];
  serve({ ...RUNNING, status: "completed", progress: { ...PROGRESS, scored: 10, provider_error: 0 } });
  server.use(
    msw.get(`*/api/v1/experiments/${ID}/status`, () =>
      HttpResponse.json({ ...RUNNING, status: "completed", progress: { ...PROGRESS, scored: 10, provider_error: 0 }, verdict, comparisons }),
    ),
  );
  await open();
  expect(screen.getByText("v10 answers refund questions worse than v7.")).toBeInTheDocument();
  const cases = await screen.findByRole("table", { name: "Cases of the experiment" });
  expect(within(cases).getAllByRole("link")[0]).toHaveTextContent("Question 2");
  expect(screen.getByRole("link", { name: "Compare" })).toHaveAttribute("href", expect.stringContaining("/compare?base="));
  expect(screen.getByText("v9 may be worse.")).toBeInTheDocument();
  const other = screen.getByRole("link", { name: "Compare v9 against v7" });
  expect(decodeURIComponent(other.getAttribute("href") ?? "")).toContain(`base=${ID}:0&with=${ID}:2`);
  expect(screen.queryByRole("link", { name: "Compare v10 against v7" })).not.toBeInTheDocument();
  expect(FakeEventSource.opened).toHaveLength(0);
});
