import fc from "fast-check";
import { expect, test } from "vitest";
import { toldCauses } from "./causes";
import { compareLink } from "./compare-link";
import { asActionStep, asCommand, asCurl } from "./copy-as";
import { NO_WISHES, requestOf, usualChoice, wishesFrom } from "./plan-form";
import { type Progress, ended, partsOf, patched, unscored } from "./progress";
import { scoreBins } from "./score-bins";
import { shownCases, statesIn } from "./shown-cases";
import { LINE, PROGRESS, RUNNING, tableOf, versionOf } from "./testing";
import { CASE_STATES, causeOf } from "./words";

const counts = fc.array(fc.nat(500), { minLength: CASE_STATES.length + 1, maxLength: CASE_STATES.length + 1 });

test("the parts of a run add up to what was planned, whatever the states", () => {
  fc.assert(
    fc.property(counts, (numbers) => {
      const states = Object.fromEntries(CASE_STATES.map((state, index) => [state, numbers[index] ?? 0]));
      const progress = { ...PROGRESS, ...states, planned: numbers.reduce((sum, one) => sum + one, 0) } as Progress;
      const sum = partsOf(progress).reduce((total, part) => total + part.cases, 0);
      expect(sum).toBe(progress.planned);
      expect(ended(progress)).toBe(progress.scored + unscored(progress));
    }),
  );
});

test("an event moves the scored cases, and says when a new kind of failure needs a look", () => {
  const event = { status: "running" as const, progress: { done: 8, failed: 1, eta_s: 3 }, cost_usd: "0.08" };
  expect(patched(PROGRESS, event)).toMatchObject({ progress: { scored: 7 }, isWhole: true });
  expect(patched(PROGRESS, { ...event, progress: { done: 8, failed: 2, eta_s: 3 } }).isWhole).toBe(false);
});

test("every score is in one bin of the histogram", () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(scores, scores, (one, other) => {
      const bins = scoreBins([one, other]);
      expect(bins.reduce((sum, bin) => sum + (bin.counts[0] ?? 0), 0)).toBe(one.length);
      expect(bins.reduce((sum, bin) => sum + (bin.counts[1] ?? 0), 0)).toBe(other.length);
    }),
  );
});

test("cases fill from the top in the plan's order; worst first puts what has no score last", () => {
  const table = tableOf(6);
  expect(shownCases(table, {}).rows.map((row) => row[1])).toEqual([0, 1, 2, 3, 4, 5]);
  expect(shownCases(table, { sort: "score" }).rows.map((row) => row[1])).toEqual([1, 0, 2, 3, 4, 5]);
  expect(shownCases(table, { state: "waiting" }).rows).toHaveLength(3);
  expect(shownCases(table, { arm: 1 }).sides).toHaveLength(1);
  expect(statesIn(table)).toEqual([
    { state: "scored", examples: 3 },
    { state: "waiting", examples: 3 },
  ]);
});

test("a cause is told in the words of its code, and one that nobody knows still has a hint", () => {
  const said = { state: "provider_error" as const, count: 2, example: "No answer." };
  const told = toldCauses({ causes: [{ ...said, error_code: "timeout" }, { ...said, error_code: null, count: 1 }] });
  expect(told.map(({ title, cases }) => [title, cases])).toEqual([
    ["No answer in time", 2],
    ["The model did not answer", 1],
  ]);
  for (const state of CASE_STATES) expect(causeOf(state, "something_new").hint).not.toBe("");
});

test("the newest version stands against production, and without one against the version before", () => {
  expect(usualChoice([versionOf(7, ["production"]), versionOf(10)])).toEqual({ versions: ["7", "10"], baseline: "7" });
  expect(usualChoice([versionOf(7), versionOf(10, ["production"])])).toEqual({ versions: ["7", "10"], baseline: "7" });
  expect(usualChoice([versionOf(7)])).toEqual({ versions: ["7"], baseline: undefined });
});

test("a baseline runs along even if only the candidate was named, and an empty cap is no cap", () => {
  const request = requestOf("support/answer", { versions: ["10"], baseline: "7" }, { ...NO_WISHES, cap: " ", tags: "a, b" });
  expect(request).toMatchObject({ versions: [7, 10], baseline: 7, experiment_name: "v10 against v7", tags: ["a", "b"] });
  expect(request).not.toHaveProperty("max_cost_usd");
});

test("a rerun asks for the same evaluators with the options they had, under the same cap", () => {
  const old = { ...RUNNING, repeats: 3, evaluators: [{ name: "similarity", version: "2", options: { floor: 0.5 } }, { name: "judge:tone", version: "1", options: { x: 1 } }] };
  const request = requestOf("support/answer", { versions: ["10"], baseline: undefined }, wishesFrom(old));
  expect(request).toMatchObject({ repeats: 3, max_cost_usd: "1.00", tags: ["nightly"], evaluators: [{ name: "similarity", options: { floor: 0.5 } }, "judge:tone"] });
});

test("a rerun takes the same models, gate and examples", () => {
  const golden = { tags: ["refunds"], split: "test", sample: 20 };
  const request = requestOf("support/answer", { versions: ["10"], baseline: undefined }, wishesFrom({ ...RUNNING, golden, models: ["a:b"], gate: "release" }));
  expect(request).toMatchObject({ golden, models: ["a:b"], gate: "release" });
  const all = requestOf("support/answer", { versions: ["10"], baseline: undefined }, wishesFrom(RUNNING));
  expect(all).toMatchObject({ golden: {}, models: [] });
  expect(all).not.toHaveProperty("gate");
});

test("the command line says what flags can say, and names what they cannot", () => {
  const wishes = { ...NO_WISHES, name: "it's v10", examples: "some" as const, sample: "20", exampleTags: ["refunds"], models: ["a:b"], tags: "nightly, team=web" };
  const chosen = { versions: ["7", "10"], baseline: "7" };
  expect(asCommand(requestOf("support/answer", chosen, wishes), "http://127.0.0.1:8000").replaceAll(" \\\n  ", " ")).toBe(
    "# Left out, for no flag says it: tags without a value\n" +
      "llmops run support/answer --versions 7 --versions 10 --base 7 --models a:b --set refunds --limit 20 --max-cost 1.00 " +
      "--tag team=web --title 'it'\\''s v10' --server http://127.0.0.1:8000",
  );
  expect(asCommand(requestOf("a", chosen, { ...NO_WISHES, gate: "g", evaluators: ["similarity"], adaptive: true }), "http://x")).toMatch(
    /^# Left out, for no flag says it: the evaluators, the gate, stopping early\n/,
  );
  expect(asCommand(requestOf("a", chosen, NO_WISHES), "http://x")).toMatch(/^llmops run a /);
});

test("what is copied carries the whole request, no key, and survives a quote", () => {
  const request = requestOf("it's", { versions: ["7"], baseline: undefined }, NO_WISHES);
  const curl = asCurl(request, "http://127.0.0.1:8000");
  expect(curl).toContain("it'\\''s");
  expect(curl).toContain("$LLMOPS_API_KEY");
  expect(asActionStep(request, "http://127.0.0.1:8000")).toContain("$GITHUB_SHA");
});

test("the experiment that was started first is the baseline of the comparison", () => {
  const later = { ...LINE, id: "later", created_at: "2026-02-01T00:00:00Z" };
  expect(compareLink([later, LINE])).toEqual({ base: `${LINE.id}:1`, with: ["later:1"] });
  expect(compareLink([LINE])).toBeNull();
});
