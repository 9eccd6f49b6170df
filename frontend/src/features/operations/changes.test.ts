import fc from "fast-check";
import { expect, test } from "vitest";
import { changesOf } from "./changes";

test("only what differs is shown, with the way to it", () => {
  const before = { label: "production", policy: { minimum_pairs: 20, strict: false } };
  const after = { label: "production", policy: { minimum_pairs: 30, strict: false }, note: "more" };

  expect(changesOf(before, after)).toEqual([
    { field: "note", before: undefined, after: "more" },
    { field: "policy.minimum_pairs", before: "20", after: "30" },
  ]);
});

test("nothing changed is nothing shown, and a change is seen from both sides", () => {
  const row = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(row, (same) => {
      expect(changesOf(same, same)).toEqual([]);
    }),
  );
  fc.assert(
    fc.property(row, row, (one, other) => {
      const there = changesOf(one, other).map(({ field, before, after }) => ({ field, before: after, after: before }));
      expect(changesOf(other, one)).toEqual(there);
    }),
  );
});
