import fc from "fast-check";
import { expect, test } from "vitest";
import { arranged, hiddenOf, moved, readArrangement, toggled } from "./columns";

const COLUMNS = ["score", "cost", "tags", "changed"].map((key) => ({ key }));
const KEYS = COLUMNS.map(({ key }) => key);

test("whatever is kept, each column stands in the list once", () => {
  fc.assert(
    fc.property(fc.anything(), fc.array(fc.oneof(fc.constantFrom(...KEYS), fc.string())), (raw, order) => {
      const kept = [readArrangement(raw), readArrangement({ order, hidden: raw })];
      for (const one of kept) expect(arranged(COLUMNS, one).map(({ key }) => key).toSorted()).toEqual(KEYS.toSorted());
    }),
  );
});

test("names that mean nothing are left out, and a new column stands behind its neighbour", () => {
  const kept = readArrangement({ order: ["changed", "gone", "score", 7], hidden: ["tags", null] });

  expect(arranged(COLUMNS, kept).map(({ key }) => key)).toEqual(["changed", "score", "cost", "tags"]);
  expect(kept.hidden).toEqual(["tags"]);
});

test("an extra column is hidden until somebody shows it, also for those who arranged the list before it came", () => {
  const columns = [...COLUMNS, { key: "judge", isExtra: true as const }];
  expect(hiddenOf(columns, readArrangement(null))).toEqual(["judge"]);
  expect(hiddenOf(columns, readArrangement({ order: KEYS, hidden: ["cost"] }))).toEqual(["cost", "judge"]);
  expect(hiddenOf(columns, readArrangement({ order: [...KEYS, "judge"], hidden: [] }))).toEqual([]);
});

test("a move is one step and stops at the ends; a second press shows a column again", () => {
  expect(moved(KEYS, "cost", -1)).toEqual(["cost", "score", "tags", "changed"]);
  expect(moved(KEYS, "tags", 1)).toEqual(["score", "cost", "changed", "tags"]);
  expect(moved(KEYS, "score", -1)).toEqual(KEYS);
  expect(moved(KEYS, "changed", 1)).toEqual(KEYS);
  expect(toggled(toggled([], "cost"), "cost")).toEqual([]);
});
