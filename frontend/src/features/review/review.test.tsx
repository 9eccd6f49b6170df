import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";
import { renderAlone, renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { ReviewItem } from "./api";
import { QueueBadge } from "./queue-badge";

const SECRET = "The source says 24 months, the answer says 30 days.";
const STANDING = {
  total: 2,
  by_reason: { regression: 0, judges_disagree: 0, judge_unsure: 2, random: 0 },
  oldest_at: "2026-11-18T10:00:00Z",
  done_today: 11,
  agreement: null,
  between_people: null,
};
const inTenMinutes = () => new Date(Date.now() + 600_000).toISOString();

function item(id: string, question: string, more: Partial<ReviewItem> = {}): ReviewItem {
  return {
    id,
    experiment_id: "e1",
    experiment_name: "night run",
    prompt_name: "support/answer",
    version_number: 9,
    case_no: 4,
    example_id: "x4",
    evaluator: "hallucination",
    reason: "judge_unsure",
    question: "hallucinated",
    input_data: { question },
    expected_output: "Repair first.",
    context: "A fault within 24 months is repaired first.",
    criteria: null,
    output: "Return it within 30 days.",
    claims: [{ text: "There are 30 days", quote: "within 30 days", start: 10, end: 24 }],
    rubric: null,
    lease_until: inTenMinutes(),
    ...more,
  };
}

const ZIP = item("r1", "The zip broke. Repair or refund?");
const PARCEL = item("r2", "Do you ship to a parcel locker?");
const JUDGED = {
  judge: {
    score: 0,
    hallucination: true,
    hallucination_rate: 1,
    reason: SECRET,
    claims: [{ text: "There are 30 days", verdict: "contradicted", reason: "It is 24 months.", quote: "within 30 days", evidence: "24 months", start: 10, end: 24 }],
  },
  agrees: true,
  label_id: "l1",
};

/** Hands the items out in order, without those that are done or to be skipped; keeps what was said. */
function queueOf(...items: ReviewItem[]) {
  const said: Record<string, unknown> = {};
  const left = () => items.filter(({ id }) => !(id in said));
  const handed = (found: ReviewItem | undefined) => HttpResponse.json({ item: found ?? null, remaining: left().length });
  answer("get", "/review-queue", { ...STANDING, total: items.length });
  server.use(
    msw.post("*/api/v1/review-queue/next", async ({ request }) => {
      const { skip } = (await request.json()) as { skip: string[] };
      return handed(left().find(({ id }) => !skip.includes(id)));
    }),
    msw.post("*/api/v1/review-queue/:id/complete", async ({ request, params }) => {
      said[String(params.id)] = await request.json();
      return HttpResponse.json(JUDGED);
    }),
    msw.post("*/api/v1/review-queue/:id/skip", ({ params }) => {
      said[String(params.id)] = "skipped";
      return new HttpResponse(null, { status: 204 });
    }),
    msw.post("*/api/v1/review-queue/:id/undo", ({ params }) => {
      delete said[String(params.id)];
      return handed(items.find(({ id }) => id === params.id));
    }),
  );
  return said;
}

const onDesk = (text: string) => screen.findByRole("heading", { name: new RegExp(text), level: 2 });
const verdictStrip = () => screen.getByRole("status", { name: "The judge's answer to the item before" });

beforeEach(() => signedIn());

test("a whole review goes by keyboard: answer, complete, the next item, and undo brings the last one back", async () => {
  const said = queueOf(ZIP, PARCEL);
  const { user } = renderAt("/evaluations/review");
  await onDesk("The zip broke");
  expect(await screen.findByText("11 today, 2 wait")).toBeVisible();

  await user.keyboard("y{Enter}");
  expect(await onDesk("parcel locker")).toHaveFocus();
  expect(said).toEqual({ r1: { hallucinated: true, comment: "" } });
  expect(await screen.findByText("12 today, 1 wait")).toBeVisible();
  expect(screen.getByRole("status", { name: "Item on the desk" })).toHaveTextContent("parcel locker");

  await user.keyboard("u");
  await onDesk("The zip broke");
  expect(said).toEqual({});
  expect(screen.getByRole("button", { name: "Yes" })).toHaveAttribute("aria-pressed", "true");

  await user.keyboard("n{Enter}");
  await onDesk("parcel locker");
  await user.keyboard("s");
  expect(await screen.findByText("That was the last one")).toBeVisible();
  expect(said).toEqual({ r1: { hallucinated: false, comment: "" }, r2: "skipped" });
});

test("the judge's verdict is nowhere before the item is completed, and beside the next one afterwards", async () => {
  queueOf(ZIP, PARCEL);
  const { user, container } = renderAt("/evaluations/review");
  await onDesk("The zip broke");
  for (const hidden of [SECRET, "the judge was unsure", "night run", "v9"]) expect(container).not.toHaveTextContent(hidden);
  expect(container.querySelector(".claim--open")).toHaveTextContent("within 30 days");
  expect(container.querySelector(".claim--contradicted, .claim--supported, .claim--missing")).toBeNull();
  expect(verdictStrip()).toBeEmptyDOMElement();

  await user.keyboard("y{Enter}");
  await onDesk("parcel locker");
  expect(verdictStrip()).toHaveTextContent(/the judge said the same.*judge: yes/);
  expect(verdictStrip()).toHaveTextContent(SECRET);
});

test("keys are letters while a comment is written, and go on being keys after Escape", async () => {
  const said = queueOf(ZIP);
  const { user } = renderAt("/evaluations/review");
  await onDesk("The zip broke");

  await user.keyboard("csunny days{Escape}");
  expect(screen.getByRole("textbox", { name: /^Comment/ })).toHaveValue("sunny days");
  expect(screen.getByRole("button", { name: "No" })).toHaveAttribute("aria-pressed", "false");
  await user.keyboard("n{Enter}");
  await waitFor(() => expect(said).toEqual({ r1: { hallucinated: false, comment: "sunny days" } }));
});

test("a rubric's levels are graded by number and worth their place from 0 to 1", async () => {
  const said = queueOf(item("r3", "How?", { question: "score", rubric: { criteria: "Be kind.", levels: ["Rude.", "Cool.", "Kind."] } }));
  const { user } = renderAt("/evaluations/review");
  await onDesk("How");

  await user.keyboard("{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("Choose an answer first");
  await user.keyboard("2{Enter}");
  await waitFor(() => expect(said).toEqual({ r3: { value: 0.5, comment: "" } }));
});

test("an answer that is refused keeps what was chosen, and the next item is one key away", async () => {
  queueOf(ZIP, PARCEL);
  refuse("post", "/review-queue/r1/complete", 409, "conflict", "ben has this item at the moment; ask for the next one.");
  const { user } = renderAt("/evaluations/review");
  await onDesk("The zip broke");

  await user.keyboard("y{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("ben has this item");
  expect(screen.getByRole("button", { name: "Yes" })).toHaveAttribute("aria-pressed", "true");
  await user.keyboard("{Enter}");
  await onDesk("parcel locker");
});

test("a lease that runs out is said and taken again, with the choice kept", async () => {
  let asked = 0;
  answer("get", "/review-queue", { ...STANDING, total: 1 });
  server.use(
    msw.post("*/api/v1/review-queue/next", async ({ request }) => {
      const { skip } = (await request.json()) as { skip: string[] };
      if (skip.includes("r1")) return HttpResponse.json({ item: null, remaining: 1 });
      asked += 1;
      const until = asked === 1 ? new Date(Date.now() + 400).toISOString() : inTenMinutes();
      return HttpResponse.json({ item: { ...ZIP, lease_until: until }, remaining: 1 });
    }),
  );
  const { user } = renderAt("/evaluations/review");
  await onDesk("The zip broke");
  await user.keyboard("y");

  expect(await screen.findByText(/It is held for you again/)).toBeVisible();
  expect(asked).toBe(2);
  expect(screen.getByRole("button", { name: "Yes" })).toHaveAttribute("aria-pressed", "true");
});

test("an empty queue is filled from the page with outputs at random", async () => {
  const sizes: unknown[] = [];
  queueOf();
  const { user } = renderAt("/evaluations/review");
  const fill = await screen.findByRole("button", { name: "Sample 20 random outputs" });
  server.use(
    msw.post("*/api/v1/review-queue/sample", async ({ request }) => {
      sizes.push(await request.json());
      queueOf(PARCEL);
      return HttpResponse.json({ added: 1, remaining: 1 }, { status: 201 });
    }),
  );
  await user.click(fill);

  await onDesk("parcel locker");
  expect(sizes).toEqual([{ size: 20 }]);
});

test("who may not review is told so, and nothing is handed out", async () => {
  signedIn(["read"]);
  renderAt("/evaluations/review");

  expect(await screen.findByRole("note")).toHaveTextContent("Only a moderator, an editor or an admin can review outputs.");
});

test("the badge counts what waits, once the page has had its own answers", async () => {
  answer("get", "/review-queue", STANDING);
  const { container } = renderAlone(<QueueBadge />);
  expect(container).toBeEmptyDOMElement();

  expect(await screen.findByText("2", undefined, { timeout: 3_000 })).toHaveTextContent("2 in the review queue");
  expect(within(container).queryByRole("status")).toBeNull();
});

test("a key leads from the desk to the golden example that was asked", async () => {
  queueOf(ZIP);
  answer("get", "/prompts/named/*", {});
  const { user, router } = renderAt("/evaluations/review");
  await onDesk("The zip broke");
  expect(screen.getByRole("link", { name: "Edit example" })).toHaveAttribute("href", "/prompts/support/answer?tab=golden&example=x4");

  await user.keyboard("e");
  await waitFor(() => expect(router.state.location.pathname).toBe("/prompts/support/answer"));
  expect(router.state.location.search).toEqual({ tab: "golden", example: "x4" });
});
