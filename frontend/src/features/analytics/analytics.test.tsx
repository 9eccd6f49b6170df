import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
// here, so that no test waits for it
import "@/pages/analytics";
import { renderAt, signedIn } from "@/test/render";
import { answer, server } from "@/test/server";
import { PROMPT_ID, analytics, totals } from "./test-data";

const NO_RUNS = { items: [], next_cursor: null, total: 0 };

function listen(body = analytics()) {
  const asked: URLSearchParams[] = [];
  signedIn();
  answer("get", "/runs", NO_RUNS);
  answer("get", "/prompts", { items: [], next_cursor: null, total: 0 });
  answer("get", "/models", { items: [], default: "local:mock", judge: "local:mock" });
  server.use(
    msw.get("*/api/v1/analytics", ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(body);
    }),
  );
  return asked;
}

async function tableOf(user: ReturnType<typeof renderAt>["user"], name: string): Promise<HTMLElement> {
  const frame = within(await screen.findByRole("figure", { name }));
  await user.click(frame.getByRole("button", { name: "View as table" }));
  return frame.getByRole("table");
}

const rowOf = (table: HTMLElement, name: string) => within(table).getByRole("rowheader", { name }).closest("tr");

test("a day without calls stays a gap: the tables say so and show no 0", async () => {
  listen();
  const { user } = renderAt("/analytics");

  for (const name of ["Latency", "Tokens", "Cost", "Failed calls by cause"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as a person would
    const row = rowOf(await tableOf(user, name), "20 Nov");
    expect(row).toHaveTextContent("no runs");
    expect(row).not.toHaveTextContent(/\b0\b/);
  }
  expect(rowOf(await tableOf(user, "Score"), "20 Nov")).toHaveTextContent("not judged");
});

test("an unknown price is said in words and is no 0", async () => {
  listen();
  const { user } = renderAt("/analytics");
  const table = await tableOf(user, "Cost");

  expect(rowOf(table, "19 Nov")).toHaveTextContent("$0.012");
  expect(rowOf(table, "21 Nov")).toHaveTextContent("price unknown");
  expect(screen.getByText(/2 of 130 calls have no known price/)).toBeVisible();
});

test("the file is asked for with the very window and filters of the page", async () => {
  const asked = listen();
  renderAt(`/analytics?from=2026-11-19&to=2026-11-21&by=prompt&prompt=${PROMPT_ID}&model=local%3Amock&source=run`);
  const link = await screen.findByRole("link", { name: "Export CSV" });
  await screen.findByRole("figure", { name: "Cost" });

  const file = new URL(link.getAttribute("href") ?? "", "http://host").searchParams;
  expect(file.get("format")).toBe("csv");
  file.delete("format");
  expect(Object.fromEntries(file)).toEqual(Object.fromEntries(asked[0] ?? []));
  expect(Object.fromEntries(file)).toEqual({
    from: "2026-11-19T00:00:00.000Z",
    to: "2026-11-22T00:00:00.000Z",
    interval: "day",
    tz: "UTC",
    by: "prompt",
    prompt_id: PROMPT_ID,
    model: "local:mock",
    source: "run",
  });
});

test("an address that makes no sense falls back to the last 30 days of everything", async () => {
  const asked = listen();
  renderAt("/analytics?from=2026-13-77&to=yesterday&by=colour&prompt=support%2Fanswer&source=mars&interval=second");
  await screen.findByRole("figure", { name: "Cost" });

  expect([...(asked[0]?.keys() ?? [])]).toEqual(["from", "to", "interval", "tz"]);
  expect(asked[0]?.get("interval")).toBe("day");
  expect(screen.getByRole("button", { name: "30 d" })).toHaveAttribute("aria-pressed", "true");
});

test("a point leads to the runs of its day, with the filters kept", async () => {
  const asked = listen();
  const { user, router } = renderAt("/analytics?source=run");
  await user.click(await screen.findByRole("link", { name: /^p95, 19 Nov: 2\.3 s/ }));

  await waitFor(() => expect(router.state.location.search).toEqual({ source: "run", from: "2026-11-19", to: "2026-11-19" }));
  expect(router.state.location.hash).toBe("runs");
  await waitFor(() => expect(asked.at(-1)?.get("interval")).toBe("hour"));
});

test("totals stand beside the period before, unless that is switched off", async () => {
  listen(analytics({ totals: totals({ runs: 130, errors: 4, score: { value: 0.81, interval: [0.78, 0.84], n: 120 } }) }));
  const { user } = renderAt("/analytics");
  const whole = within(await screen.findByRole("region", { name: "The whole window" }));
  const score = whole.getByRole("link", { name: /^Score/ });

  expect(score).toHaveTextContent("0.81 [0.78 … 0.84], n=120before: 0.85 [0.80 … 0.89], n=80");
  await user.click(screen.getByRole("checkbox", { name: "Period before" }));
  await waitFor(() => expect(score).not.toHaveTextContent("before"));
});

test("a mover is coloured where its interval leaves 0 out, in the unit of its figure", async () => {
  listen();
  renderAt("/analytics");
  const table = within(await screen.findByRole("table", { name: "Top movers, most evidence first" }));

  expect(table.getByText("2.6 → 4.2 %")).toBeVisible();
  expect(table.getByText("+1.6 pt", { exact: false })).toHaveClass("delta--worse");
});

test("a window without calls is a sentence and a way on, no row of zeros", async () => {
  listen(analytics({ totals: totals(), groups: [], errors_by_class: [], movers: [] }));
  const { user, router } = renderAt("/analytics?from=-7d&source=query");

  expect(await screen.findByRole("heading", { name: "No call fits these filters" })).toBeVisible();
  expect(screen.queryByRole("figure")).toBeNull();
  await user.click(screen.getByRole("link", { name: "Clear the filters" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ from: "-7d" }));
});

test("a bar of failed calls leads to the failed runs of its day, and the filter reaches figures and runs", async () => {
  const asked = listen();
  const runs: URLSearchParams[] = [];
  server.use(
    msw.get("*/api/v1/runs", ({ request }) => {
      runs.push(new URL(request.url).searchParams);
      return HttpResponse.json(NO_RUNS);
    }),
  );
  const { user, router } = renderAt("/analytics");
  const bars = within(await screen.findByRole("figure", { name: "Failed calls by cause" }));
  await user.click(bars.getAllByRole("link")[0] ?? document.body);

  await waitFor(() => expect(router.state.location.search).toMatchObject({ from: "2026-11-19", to: "2026-11-19" }));
  await waitFor(() => expect(asked.at(-1)?.get("failed")).toBe("true"));
  await waitFor(() => expect(runs.at(-1)?.get("status")).toBe("failed"));
  expect(screen.getByRole("checkbox", { name: "Only failed" })).toBeChecked();
});

test("calls of the gateway can be asked for, and a run without a prompt can be opened", async () => {
  const asked = listen();
  const run = { id: "r1", prompt_name: null, version_number: null, created_at: "2026-11-19T10:00:00Z", source: "gateway", model: "local:mock", status: "completed" };
  answer("get", "/runs", { ...NO_RUNS, items: [{ ...run, error_code: null, latency_ms: 5, tokens_in: 1, tokens_out: 1, cost_usd: null }], total: 1 });
  renderAt("/analytics?source=gateway");

  expect(await screen.findByRole("link", { name: "without a prompt" })).toHaveAttribute("href", "/playground?run=r1");
  expect(asked[0]?.get("source")).toBe("gateway");
});
