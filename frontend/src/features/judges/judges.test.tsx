import { screen, waitFor, within } from "@testing-library/react";
import fc from "fast-check";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, describe, expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { Certificate, Evaluator, Judge } from "./api";
import { optionFields, optionsOf, valuesOf, versionText } from "./option-fields";

const RUBRIC: Evaluator = {
  name: "rubric",
  needs_model: true,
  summary: "A grade by your own criteria, as judged by a model.",
  options: {
    criteria: { anyOf: [{ type: "string", maxLength: 8000 }, { type: "null" }], default: null },
    levels: { anyOf: [{ type: "array", items: { type: "string" }, description: "The worst first." }, { type: "null" }], default: null },
    repeats: { type: "integer", enum: [1, 3, 5], default: 1 },
  },
};
const EXACT: Evaluator = {
  name: "exact",
  needs_model: false,
  summary: "The output equals the expected output.",
  options: { ignore_case: { type: "boolean", default: true }, weight: { type: "number", default: 0.5, minimum: 0 } },
};
const page = <T,>(items: T[]) => ({ items, next_cursor: null, total: items.length });
const CERTIFICATE: Certificate = {
  id: "c1",
  evaluator: "rubric",
  evaluator_version: "1-4f2a9c01",
  judge_model: "openai:judge",
  state: "decided",
  admissible: false,
  expired: false,
  n: 80,
  reasons: ["Kappa is 0.31, but may be as low as 0.12; 0.40 is asked for."],
  report: {
    state: "decided",
    experiment_id: "e1",
    min_kappa: 0.4,
    question: "failed",
    kappa: { value: 0.31, interval: [0.12, 0.5] },
    confusion: { true_positives: 18, false_negatives: 6, false_positives: 5, true_negatives: 51 },
    drawn_at_random: 40,
    injection: null,
  },
  expires_at: "2027-02-01T10:00:00Z",
  created_by: "ada",
  created_at: "2026-11-02T10:00:00Z",
};
const VERSION = {
  id: "v1",
  number: 1,
  evaluator: "rubric",
  options: { criteria: "Be kind.", levels: ["Rude.", "Kind."] },
  model: null,
  content_hash: "0",
  message: "First words",
  created_by: "ada",
  created_at: "2026-11-01T10:00:00Z",
};
const JUDGE: Judge = {
  id: "j1",
  name: "tone",
  description: "",
  latest_number: 1,
  evaluator: "rubric",
  model: null,
  certificate: { id: "c0", admissible: true, expired: false, expires_at: "2027-02-01T10:00:00Z", kappa: { value: 0.74, interval: [0.62, 0.85], n: 61 }, min_kappa: 0.4 },
  experiments: 3,
  created_by: "ada",
  created_at: "2026-11-01T10:00:00Z",
  archived_at: null,
};

beforeEach(() => {
  signedIn();
  answer("get", "/evaluators", page([RUBRIC, EXACT]));
  answer("get", "/models", { items: [], default: "openai:a", judge: "openai:a" });
  answer("get", "/judge-certificates", page([CERTIFICATE]));
  answer("get", "/judges", page([JUDGE]));
  answer("get", "/review-queue", { total: 0, by_reason: { regression: 0, judges_disagree: 0, judge_unsure: 0, random: 0 }, oldest_at: null, done_today: 0, agreement: null, between_people: null });
});

describe("certificates", () => {
  beforeEach(() => answer("get", "/canaries", page([])));

  test("a refused certificate says why, with κ against its limit and the table of errors", async () => {
    renderAt("/evaluations?tab=certificates");
    const inspector = await screen.findByRole("complementary", { name: "Certificate of rubric" });

    expect(within(inspector).getByText("Its scores are shown, but it may not gate.")).toBeVisible();
    expect(within(inspector).getByRole("list", { name: "Why it may not gate" })).toHaveTextContent("may be as low as 0.12");
    expect(within(inspector).getByRole("img", { name: "κ 0.31, 0.12 to 0.50, n=80; limit 0.40" })).toBeVisible();
    const errors = within(inspector).getByRole("table", { name: /judge and people said the same/ });
    expect(within(errors).getAllByRole("row").map((row) => row.textContent)).toEqual([
      "\u00a0people: failspeople: passes",
      "judge: fails185",
      "judge: passes651",
    ]);
  });

  test("asking for one sends the experiment, its evaluator and the limit, and opens it while it is examined", async () => {
    answer("get", "/experiments", page([{ id: "e1", name: "night", prompt_name: "support/answer", primary_evaluator: "rubric" }]));
    const sent: unknown[] = [];
    server.use(
      msw.post("*/api/v1/judge-certificates", async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ ...CERTIFICATE, id: "c2", state: "pending", reasons: [] }, { status: 202 });
      }),
    );
    const { user, router } = renderAt("/evaluations?tab=certificates&ask=true");
    await screen.findByRole("option", { name: "night (support/answer)" });
    await user.selectOptions(screen.getByLabelText("Experiment whose labels count"), "e1");
    await user.click(screen.getByRole("button", { name: "Examine the judge" }));

    await waitFor(() => expect(router.state.location.search).toEqual({ tab: "certificates", certificate: "c2" }));
    expect(sent).toEqual([{ experiment_id: "e1", evaluator: "rubric", min_kappa: 0.4, valid_days: 90 }]);
  });
});

test("the built-in evaluators say of themselves whether they ask a model, and what their certificate allows", async () => {
  renderAt("/evaluations");
  const table = await screen.findByRole("table", { name: /Built-in evaluators/ });

  await waitFor(() => expect(within(table).getByRole("row", { name: /^rubric/ })).toHaveTextContent(/asks a model.*0\.31.*shown only/));
  expect(within(table).getByRole("row", { name: /^exact/ })).toHaveTextContent(/deterministic.*exact, no certificate.*may gate/);
});

test("each judge says what it is made of, what its newest version may decide, and who uses it", async () => {
  const strange: Judge = { ...JUDGE, id: "j2", name: "other", model: "openai:strict", certificate: null, experiments: 1 };
  answer("get", "/judges", page([JUDGE, strange]));
  renderAt("/evaluations");
  const table = await screen.findByRole("table", { name: /^Judges/ });

  await waitFor(() => expect(within(table).getByRole("row", { name: /^tone/ })).toHaveTextContent(/rubricasks a model.*0\.74.*n=61.*may gate.*3 experiments/));
  expect(within(table).getByRole("img", { name: "κ 0.74, 0.62 to 0.85, n=61; limit 0.40" })).toBeVisible();
  expect(within(table).getByRole("row", { name: /^other/ })).toHaveTextContent(/asks openai:strict.*no κ yet.*no certificate.*1 experiment/);
});

async function open() {
  answer("get", "/judges/j1", { ...JUDGE, versions: [VERSION] });
  const view = renderAt("/evaluations/judges/j1");
  await view.user.click(await screen.findByRole("button", { name: "New version" }));
  const sheet = await screen.findByRole("dialog", { name: "New version of tone" });
  await within(sheet).findByLabelText("Criteria");
  return { ...view, sheet };
}

describe("a judge", () => {
  test("a new version warns that scores cannot be compared, and sends only what is not standard", async () => {
    const sent: unknown[] = [];
    server.use(
      msw.post("*/api/v1/judges/j1/versions", async ({ request }) => {
        sent.push(await request.json());
        const second = { ...VERSION, id: "v2", number: 2, message: "", options: { criteria: "Be very kind.", levels: ["Rude.", "Kind."] } };
        return HttpResponse.json({ ...JUDGE, latest_number: 2, versions: [second, VERSION] }, { status: 201 });
      }),
    );
    const { user, sheet } = await open();
    expect(sheet).toHaveTextContent("Scores of v2 cannot be compared with those of v1");
    const criteria = within(sheet).getByLabelText("Criteria");
    await user.clear(criteria);
    await user.type(criteria, "Be very kind.");
    await user.click(within(sheet).getByRole("button", { name: "Save as v2" }));

    const diff = await screen.findByRole("table", { name: "Options, from v1 to v2" });
    expect(diff).toHaveTextContent("Be very kind.");
    expect(sent).toEqual([{ evaluator: "rubric", options: { criteria: "Be very kind.", levels: ["Rude.", "Kind."] }, model: null, message: "" }]);
  });

  test("a version that says the same is refused in words, and an option that does not fit at its own field", async () => {
    refuse("post", "/judges/j1/versions", 409, "same_content", "Version 1 already says exactly this; nothing was saved.");
    const { user, sheet } = await open();
    const save = within(sheet).getByRole("button", { name: "Save as v2" });
    await user.click(save);
    expect(await within(sheet).findByText(/already says exactly this/)).toBeVisible();

    const words = "option levels: List should have at least 2 items.";
    refuse("post", "/judges/j1/versions", 422, "invalid", "Not valid.", [{ pointer: "#/options", code: "invalid_options", detail: words }]);
    await user.click(save);
    await waitFor(() => expect(within(sheet).getByLabelText("Levels")).toHaveAccessibleDescription(expect.stringContaining(words)));
    expect(within(sheet).queryByText(/already says exactly this/)).not.toBeInTheDocument();
  });

  test("a name that is taken is said at the name, and the text is there after a reload", async () => {
    refuse("post", "/judges", 409, "name_taken", "A judge named tone is there already.");
    const { user, unmount } = renderAt("/evaluations?new=true");
    await user.type(await screen.findByLabelText("Name"), "tone");
    await user.click(screen.getByRole("button", { name: "Create judge" }));
    await waitFor(() => expect(screen.getByLabelText("Name")).toHaveAccessibleDescription(/is there already/));

    unmount();
    renderAt("/evaluations?new=true");
    expect(await screen.findByLabelText("Name")).toHaveValue("tone");
  });
});

describe("options", () => {
  const fields = optionFields(RUBRIC);

  test("what is standard is not sent, numbers stay numbers and lines become a list", () => {
    expect(fields.map(({ about }) => about)).toEqual([undefined, "The worst first.", undefined]);
    expect(optionsOf(fields, valuesOf(fields, {})).options).toEqual({});
    expect(optionsOf(fields, { criteria: "Be kind.", levels: "Rude.\n\nKind.", repeats: "3" }).options).toEqual({
      criteria: "Be kind.",
      levels: ["Rude.", "Kind."],
      repeats: 3,
    });
  });

  test("options that are written into their controls are read back the same", () => {
    const line = fc.stringMatching(/^[a-z][a-z .\n]{0,20}$/);
    const options = fc.record({ criteria: line, levels: fc.array(line, { minLength: 1 }), repeats: fc.constantFrom(3, 5) });
    fc.assert(
      fc.property(options, (stored) => {
        const own = optionFields(RUBRIC, stored);
        expect(optionsOf(own, valuesOf(own, stored)).options).toEqual(stored);
      }),
    );
  });

  test("text that is no JSON is named instead of sent", () => {
    const shots = optionFields({ ...RUBRIC, options: { few_shot: { anyOf: [{ type: "array", items: { $ref: "#/x" } }, { type: "null" }], default: null } } });
    expect(optionsOf(shots, { few_shot: "[{" })).toEqual({ options: {}, unreadable: ["few_shot"] });
  });

  test("a version reads as lines, so that a changed level is a changed line", () => {
    expect(versionText(VERSION)).toBe("evaluator: rubric\nmodel: the experiment's judge model\ncriteria:\nBe kind.\nlevels:\n- Rude.\n- Kind.\n");
  });
});
