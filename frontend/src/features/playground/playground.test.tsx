import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import { BLANK, type PlaygroundState, SCRATCH } from "./state";

const RUN = "0190a000-0000-7000-8000-0000000000aa";
const DONE = { run_id: RUN, model: "local:calm", usage: { tokens_in: 12, tokens_out: 3, estimated: false }, latency_ms: 1600, first_token_ms: 400, finish_reason: "stop" };
const RUN_READ = { id: RUN, status: "completed", source: "playground", cost_usd: "0.0004", scores: [], variables: {}, parameters: {} };

beforeEach(() => {
  signedIn();
  answer("get", "/runs", { items: [], next_cursor: null, total: 0 });
  answer("get", `/runs/${RUN}`, RUN_READ);
  answer("get", "/health", { status: "ok", checks: {} });
});

interface Stream {
  bodies: Record<string, unknown>[];
  say: (event: string, data: unknown) => void;
  end: () => void;
  isHungUp: () => boolean;
}

/** A model that says what the test says, when it says it. */
function streaming(): Stream {
  const encoder = new TextEncoder();
  const bodies: Record<string, unknown>[] = [];
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  let hungUp = false;
  server.use(
    msw.post("*/api/v1/playground/stream", async ({ request }) => {
      request.signal.addEventListener("abort", () => (hungUp = true));
      bodies.push((await request.json()) as Record<string, unknown>);
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void (out = controller), cancel: () => void (hungUp = true) });
      return new HttpResponse(body, { headers: { "content-type": "text/event-stream" } });
    }),
  );
  return {
    bodies,
    say: (event, data) => out?.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)),
    end: () => out?.close(),
    isHungUp: () => hungUp,
  };
}

const withText = (template: string): PlaygroundState => ({ ...BLANK, columns: [{ id: "1", source: null, content: { ...SCRATCH, template } }] });

/** The page with a draft that is already there, as after a reload. */
async function openWith(state: PlaygroundState, path = "/playground") {
  localStorage.setItem("llmops.draft.playground", JSON.stringify(state));
  const page = renderAt(path);
  await screen.findByRole("heading", { name: "Playground" });
  return page;
}

const output = (letter = "A") => screen.getByRole("group", { name: `Output of ${letter}` });

async function runUntil(stream: Stream, user: ReturnType<typeof renderAt>["user"], ...tokens: string[]) {
  await user.click(screen.getByRole("button", { name: "Run A" }));
  await waitFor(() => expect(stream.bodies).toHaveLength(1));
  stream.say("start", { run_id: RUN, model: "local:calm" });
  for (const text of tokens) stream.say("token", { text });
  await waitFor(() => expect(output()).toHaveTextContent(tokens.join("").trim()));
}

test("an answer is shown while it is written, with what it took when it has ended", async () => {
  const stream = streaming();
  const { user } = await openWith(withText("Say hello."));
  await runUntil(stream, user, "Your refund ", "is on its way.");
  expect(output()).toHaveAttribute("aria-busy", "true");
  stream.say("done", DONE);
  stream.end();

  expect(await screen.findByText("$0.0004")).toBeInTheDocument();
  expect(screen.getByText("first token 400 ms")).toBeInTheDocument();
  expect(output()).toHaveAttribute("aria-busy", "false");
  expect(stream.bodies[0]).toEqual({ template: "Say hello.", template_format: "jinja2", variables: {}, parameters: {}, evaluators: [] });
});

test("Stop hangs up on the model and keeps what had arrived", async () => {
  const stream = streaming();
  const { user } = await openWith(withText("Say hello."));
  await runUntil(stream, user, "Half of an ");
  await user.click(screen.getByRole("button", { name: "Stop A" }));

  expect(await screen.findByText("You stopped it. What had arrived is kept.")).toBeVisible();
  expect(output()).toHaveTextContent("Half of an");
  await waitFor(() => expect(stream.isHungUp()).toBe(true));
  expect(screen.getByRole("button", { name: "Run A" })).toBeEnabled();
});

test("an error in the middle of an answer keeps the text and says it in the provider's words", async () => {
  const stream = streaming();
  const { user } = await openWith(withText("Say hello."));
  await runUntil(stream, user, "Half of an ");
  stream.say("error", { run_id: RUN, problem: { code: "overloaded", detail: "The model is overloaded right now." } });
  stream.end();

  expect(await screen.findByRole("alert")).toHaveTextContent("The answer was cut off here. The model is overloaded right now.");
  expect(output()).toHaveTextContent("Half of an");
});

test("a refusal before the first word stands at its column, with the request to quote", async () => {
  refuse("post", "/playground/stream", 422, "invalid", "temperature: Input should be less than or equal to 2", [
    { pointer: "#/parameters/temperature", code: "less_than_equal", detail: "temperature: Input should be less than or equal to 2" },
  ]);
  const { user } = await openWith(withText("Say hello."));
  await user.click(screen.getByRole("button", { name: "Run A" }));

  const column = screen.getByRole("region", { name: "Column A" });
  expect(await within(column).findByRole("alert")).toHaveTextContent("temperature: Input should be less than or equal to 2");
});

test("a variable without a value is marked and focused, and nothing is sent", async () => {
  const stream = streaming();
  const { user } = await openWith(withText("{{ question }} in {{ lang }}"));
  await user.type(screen.getByRole("textbox", { name: "question" }), "Why?");
  await user.keyboard("{Control>}{Enter}{/Control}");

  const field = screen.getByRole("textbox", { name: "lang" });
  await waitFor(() => expect(field).toHaveFocus());
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription("A uses lang. Give it a value to run A.");
  expect(stream.bodies).toHaveLength(0);
  await user.type(field, "French");
  expect(field).toBeValid();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(stream.bodies[0]?.variables).toEqual({ question: "Why?", lang: "French" }));
});

test("what was typed is still there when the page is opened again", async () => {
  const { user, unmount } = await openWith(withText("{{ question }}"));
  await user.type(screen.getByRole("textbox", { name: "question" }), "When?");
  await user.click(screen.getByRole("button", { name: "Duplicate column A" }));
  unmount();
  renderAt("/playground");

  expect(await screen.findByRole("textbox", { name: "question" })).toHaveValue("When?");
  expect(screen.getByRole("region", { name: "Column B" })).toBeInTheDocument();
});

test("a link sends all that stands here, and opening it brings back the same", async () => {
  const kept: string[] = [];
  const link = { id: "9f3c", url: "/playground/s/9f3c" };
  server.use(
    msw.post("*/api/v1/playground/states", async ({ request }) => {
      kept.push(await request.text());
      return HttpResponse.json(link, { status: 201 });
    }),
    msw.get("*/api/v1/playground/states/9f3c", () => new HttpResponse(kept[0], { headers: { "content-type": "application/json" } })),
  );
  const state = { ...withText("a\r\nb {{ x }}"), variables: { x: { text: "1", json: true } } };
  const first = await openWith(state);
  await first.user.click(screen.getByRole("button", { name: "Copy permalink" }));
  await screen.findByText("/playground/s/9f3c");
  expect(kept).toEqual([JSON.stringify(state)]);
  first.unmount();

  const second = renderAt("/playground/s/9f3c");
  expect(await screen.findByRole("textbox", { name: "x" })).toHaveValue("1");
  await second.user.click(screen.getByRole("button", { name: "Copy permalink" }));
  await waitFor(() => expect(kept[1]).toBe(kept[0]));
});

test("an output is text, whatever it holds, and so are a judge's reason and claims", async () => {
  const hostile = '<img src=x onerror="alert(1)"><script>alert(1)</script>';
  const stream = streaming();
  const { user } = await openWith({ ...withText("Say hello."), evaluators: ["grounding"] });
  await runUntil(stream, user, hostile);
  stream.say("done", DONE);
  await screen.findByText("judging the answer");
  const claim = { text: hostile, verdict: "contradicted", reason: hostile, quote: "<script>", evidence: hostile, start: null, end: null };
  stream.say("scores", [{ evaluator: "grounding", evaluator_version: "1", state: "scored", value: 0, hallucination_rate: 1, reason: hostile, claims: [claim], details: {} }]);
  stream.end();

  expect(await screen.findByRole("list", { name: "Scores" })).toHaveTextContent("0.00");
  expect(screen.getByRole("list", { name: "Claims" })).toHaveTextContent("contradicted");
  expect(output()).toHaveTextContent("<script");
  expect(document.querySelector("main img, main script")).toBeNull();
});

test("two outputs are compared word by word, and each with the expected one", async () => {
  const two = withText("Say hello.");
  const state = { ...two, expected: "Hello there", columns: [...two.columns, { id: "2", source: null, content: { ...SCRATCH, template: "Again." } }] };
  server.use(
    msw.post("*/api/v1/playground/stream", async ({ request }) => {
      const { template } = (await request.json()) as { template: string };
      const events = [`event: token\ndata: ${JSON.stringify({ text: template === "Again." ? "Hello you" : "Hello world" })}\n\n`, `event: done\ndata: ${JSON.stringify(DONE)}\n\n`];
      return new HttpResponse(events.join(""), { headers: { "content-type": "text/event-stream" } });
    }),
  );
  const { user } = await openWith(state);
  await user.click(screen.getByRole("button", { name: /Run all/ }));

  const panel = await screen.findByRole("region", { name: "Words that differ" });
  await user.click(await within(panel).findByRole("button", { name: "A ↔ B" }));
  await waitFor(() => expect(panel.querySelector("ins")).toHaveTextContent("you"));
  expect(panel.querySelector("del")).toHaveTextContent("world");
  await user.click(within(panel).getByRole("button", { name: "expected ↔ A" }));
  await waitFor(() => expect(panel.querySelector("del")).toHaveTextContent("there"));
});

test("a link to a version and an example fills the column and the fields", async () => {
  const prompt_id = "0190a000-0000-7000-8000-0000000000b1";
  const version = { id: "v", prompt_id, number: 9, template_format: "jinja2", template: "{{ question }}", messages: null, model: null, parameters: {}, response_schema: null, name: "support/answer" };
  answer("get", "/prompts/by-name/support/answer@9", version);
  answer("get", `/prompts/${prompt_id}/golden-examples/e1`, { id: "e1", prompt_id, input_data: { question: "When do I get my money?" }, expected_output: "Within 14 days.", context: null });
  renderAt("/playground?prompt=support/answer&v=9&example=e1");

  expect(await screen.findByRole("textbox", { name: "question" })).toHaveValue("When do I get my money?");
  expect(screen.getByRole("textbox", { name: "Expected output" })).toHaveValue("Within 14 days.");
  const column = screen.getByRole("region", { name: "Column A" });
  expect(within(column).getByText("v9")).toBeVisible();
  expect(screen.getByRole("link", { name: "Run on golden set" })).toHaveAttribute("href", "/experiments/new?prompt=support/answer&versions=9");
});

test("a run opens from its link and goes into a column of its own, values included", async () => {
  const facts = { ...RUN_READ, prompt_id: null, version_id: null, model: "local:calm", output: "Hello", error: null, error_code: null, rendered_prompt: "Say {{ it }}", latency_ms: 5, tokens_in: 1, tokens_out: 1, created_by: "ada", created_at: "2026-11-01T10:00:00Z" };
  answer("get", `/runs/${RUN}`, facts);
  const { user, router } = await openWith(withText("Say hello."), `/playground?run=${RUN}`);
  const sheet = await screen.findByRole("dialog", { name: "Run" });
  expect(await within(sheet).findByText("Say {{ it }}")).toBeInTheDocument();
  await user.click(within(sheet).getByRole("button", { name: "Open in a column" }));

  expect(await screen.findByRole("region", { name: "Column B" })).toBeInTheDocument();
  expect(screen.queryByRole("textbox", { name: "it" })).not.toBeInTheDocument(); // the text was filled in already
  expect(router.state.location.search).toEqual({});
});

test("a column that is repeated shows each answer, and their scores side by side", async () => {
  const scores = [0, 0.25];
  server.use(
    msw.post("*/api/v1/playground/stream", () => {
      const value = scores.shift() ?? 1;
      const score = { evaluator: "exact", evaluator_version: "1", state: "scored", value, hallucination_rate: null, reason: "", claims: [], details: {} };
      const events = [["token", { text: `Answer ${value}` }], ["done", DONE], ["scores", [score]]].map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      return new HttpResponse(events.join(""), { headers: { "content-type": "text/event-stream" } });
    }),
  );
  const { user } = await openWith({ ...withText("Say hello."), repeats: 2, evaluators: ["exact"] });
  await user.click(screen.getByRole("button", { name: "Run A" }));

  expect(await screen.findByText("2 runs: 0.00, 0.25")).toBeInTheDocument();
  expect(output()).toHaveTextContent("Answer 0.25");
  await user.click(within(screen.getByRole("group", { name: "Runs of A" })).getByRole("button", { name: "1" }));
  expect(output()).toHaveTextContent("Answer 0");
});
