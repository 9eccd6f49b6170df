import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http as msw } from "msw";
import { expect, test } from "vitest";
import { Toaster } from "@/components/ui/toast";
import "@/pages/prompt";
import { SCOPES, renderAlone, renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { LabelMove } from "./api";
import { PROMPT_ID, page, prompt, version, versionId } from "./fixtures";
import { LabelHistory } from "./label-history";
import "./promote-sheet";

function move(to: number, from: number | null): LabelMove {
  return {
    id: `0190a000-0000-7000-8000-0000000000c${to}`,
    label: "production",
    version_id: versionId(to),
    from_number: from,
    to_number: to,
    reason: "",
    verdict: null,
    override: false,
    moved_by: "grace",
    moved_at: "2026-01-02T10:00:00Z",
  };
}

const outlook = (over: object) => ({ label: "production", outlook: "free", gate: null, verdict: null, protected: [], ...over });

function openSheet(scopes = SCOPES) {
  signedIn(scopes);
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/prompts/named/*", prompt());
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(7), version(6)]));
  answer("get", "/gates/outlook", outlook({}));
  return renderAt("/prompts/support/answer?promote=production");
}

const ACTIVATE_7 = `/prompts/${PROMPT_ID}/versions/${versionId(7)}/activate`;

test("a gate that refuses says its sentence, and the sheet stays open with what was typed", async () => {
  refuse("post", ACTIVATE_7, 409, "gate_refused", "The gate 'quality' protects production: v7 answers worse than v6.");
  const { user } = openSheet();
  const sheet = await screen.findByRole("dialog", { name: "Promote v7 to production" });
  await user.type(within(sheet).getByRole("textbox", { name: /Reason/ }), "cheaper");
  await user.click(await within(sheet).findByRole("button", { name: "Move production to v7" }));

  expect(await within(sheet).findByText(/v7 answers worse than v6/)).toBeVisible();
  await user.click(within(sheet).getByRole("button", { name: /Override and promote v7/ }));
  expect(within(sheet).getByText(/20 characters or more; now 7/)).toBeVisible();
  expect(within(sheet).getByRole("textbox", { name: /Reason/ })).toHaveValue("cheaper");
});

test("who is no admin is told who may override a gate", async () => {
  refuse("post", ACTIVATE_7, 409, "gate_refused", "The gate refuses it.");
  const { user } = openSheet(["read", "write", "run"]);
  const sheet = await screen.findByRole("dialog", { name: "Promote v7 to production" });
  await user.click(await within(sheet).findByRole("button", { name: "Move production to v7" }));

  expect(await within(sheet).findByText(/Only an admin can override a gate/)).toBeVisible();
  expect(within(sheet).queryByRole("button", { name: /Override/ })).toBeNull();
});

test("where nothing was run, a protected label is not offered to move: the way is an experiment", async () => {
  openSheet(["read", "write", "run"]);
  const policy = { metrics: [{ metric: "score", direction: null, margin: 0.05 }], minimum_pairs: 20, critical: true };
  const gate = { id: "gate", name: "release", label: "production", number: 1, archived_at: null, policy };
  answer("get", "/gates/outlook", outlook({ outlook: "unknown", gate, protected: ["production"] }));
  const sheet = await screen.findByRole("dialog", { name: "Promote v7 to production" });

  expect(await within(sheet).findByText("Nothing has compared v7 with v6 yet.")).toBeVisible();
  expect(within(sheet).getByRole("link", { name: "Run experiment" })).toHaveAttribute("href", expect.stringContaining("versions=6,7"));
  expect(within(sheet).queryByRole("button", { name: /^Move production/ })).toBeNull();
  expect(within(sheet).getByText(/Only an admin can override a gate/)).toBeVisible();
});

test("a label moves back with one press, and Undo moves it forward again", async () => {
  signedIn();
  const asked: { version: string; body: unknown }[] = [];
  server.use(
    msw.post(`*/api/v1/prompts/${PROMPT_ID}/versions/:version/activate`, async ({ params, request }) => {
      asked.push({ version: String(params.version), body: await request.json() });
      return HttpResponse.json(params.version === versionId(5) ? move(5, 6) : move(6, 5));
    }),
  );
  answer("get", "/me", { scopes: SCOPES, role: "admin" });
  answer("get", `/prompts/${PROMPT_ID}/labels/production/history`, page([move(6, 5), move(5, null)]));
  const { user } = renderAlone(
    <>
      <LabelHistory prompt={prompt()} label="production" />
      <Toaster />
    </>,
  );
  await user.click(await screen.findByRole("button", { name: "Move back to v5" }));
  expect(await screen.findByText("Moved production back to v5.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Undo" }));

  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked).toMatchObject([
    { version: versionId(5), body: { label: "production", from_version_id: versionId(6) } },
    { version: versionId(6), body: { label: "production", from_version_id: versionId(5) } },
  ]);
});
