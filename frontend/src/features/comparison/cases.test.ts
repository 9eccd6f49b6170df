import fc from "fast-check";
import { expect, test } from "vitest";
import type { CaseTable } from "./api";
import { type Standing, countOf, defaultOnly, readCases, selectCases } from "./cases";
import { ONLY, SORTS } from "./choices";
import { namedSides, sideNames, together } from "./sides";
import { cell, row, tableOf } from "./test-data";

const score = fc.option(fc.constantFrom(0, 0.25, 0.5, 0.75, 1));
const groups = ["regressed", "improved", "same", "error", "only_one"] as const;
const STANDINGS: readonly Standing[] = [...groups, "waiting"];

const tables = (sides: number): fc.Arbitrary<CaseTable> =>
  fc
    .record({
      better: fc.constantFrom("higher" as const, "lower" as const),
      rows: fc.array(
        fc.record({
          group: fc.option(fc.constantFrom(...groups)),
          scores: fc.array(score, { minLength: sides, maxLength: sides }),
          question: fc.string(),
          tags: fc.subarray(["refunds", "delivery", "billing"]),
        }),
        { maxLength: 60 },
      ),
    })
    .map(({ better, rows }) => ({
      ...tableOf(rows.map((one, index) => row(index, one.group, one.scores.map((value) => cell(value)), { question: one.question, tags: one.tags })), sides),
      direction: better,
    }));

test("every row stands in exactly one group, and the groups together are all rows", () => {
  fc.assert(
    fc.property(tables(2), (table) => {
      const cases = readCases(table);
      const found = STANDINGS.flatMap((only) => selectCases(cases, { only, sort: "position" }).map((one) => one.id));
      expect(found.toSorted()).toEqual(cases.all.map((one) => one.id).toSorted());
      for (const only of ONLY) expect(selectCases(cases, { only, sort: "delta" })).toHaveLength(countOf(cases, only));
    }),
  );
});

test("sorting loses and doubles no row, and each order is the one it says, with what has no figure last", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }).chain(tables), (table) => {
      const cases = readCases(table);
      for (const sort of SORTS) {
        const ids = selectCases(cases, { only: "all", sort }).map((one) => one.id);
        expect(ids.toSorted()).toEqual(cases.all.map((one) => one.id).toSorted());
      }
      const sign = table.direction === "higher" ? 1 : -1;
      const gains = selectCases(cases, { only: "all", sort: "delta" }).map((one) => {
        const known = one.deltas.filter((delta) => delta !== null).map((delta) => sign * delta);
        return known.length > 0 ? Math.min(...known) : Infinity;
      });
      expect(gains).toEqual(gains.toSorted((a, b) => (a === b ? 0 : a - b)));
    }),
  );
});

test("the words are looked for in questions and outputs, and the tag is one of the case's", () => {
  const cases = readCases(
    tableOf([
      row(0, "regressed", [cell(1), cell(0, { output: "As store credit." })], { question: "Where is my money?", tags: ["refunds"] }),
      row(1, "same", [cell(1), cell(1)], { question: "Do you ship to a LOCKER?", tags: ["delivery"] }),
    ]),
  );
  const found = (q: string, tag?: string) => selectCases(cases, { only: "all", sort: "delta", q, tag }).map((one) => one.number);
  expect(found("store credit")).toEqual([1]);
  expect(found("locker")).toEqual([2]);
  expect(found("locker", "refunds")).toEqual([]);
  expect(found("", "delivery")).toEqual([2]);
});

test("the page opens with what broke, and with all cases where nothing did", () => {
  expect(defaultOnly(readCases(tableOf([row(0, "regressed", [cell(1), cell(0)]), row(1, "same", [cell(1), cell(1)])])))).toBe("regressed");
  expect(defaultOnly(readCases(tableOf([row(0, "same", [cell(1), cell(1)])])))).toBe("all");
  expect(defaultOnly(readCases(tableOf([row(0, "same", [cell(1), cell(1), cell(0)])], 3)))).toBe("any");
});

test("five thousand cases are filtered and sorted within 100 ms", () => {
  const rows = Array.from({ length: 5_000 }, (_, index) =>
    row(index, groups[index % 5] ?? "same", [cell((index % 5) / 4), cell((index % 7) / 7, { output: `Answer ${index} about the parcel`.repeat(3) })]),
  );
  const cases = readCases(tableOf(rows));
  const start = performance.now();
  selectCases(cases, { only: "all", sort: "delta", q: "parcel 4" });
  expect(performance.now() - start).toBeLessThan(100);
});

test("an address names a baseline and one to three runs, anything else names none", () => {
  const id = "0190a000-0000-7000-8000-000000000001";
  expect(namedSides(`${id}:0`, [`${id}:1`, "nonsense"])).toEqual({ base: `${id}:0`, others: [`${id}:1`] });
  expect(namedSides(id, [id, id, id, id])?.others).toHaveLength(3);
  expect(namedSides("42", [`${id}:1`])).toBeNull();
  expect(namedSides(undefined, undefined)).toBeNull();
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (base, others) => {
      expect(namedSides(base, others)).toBeNull();
    }),
  );
});

const side = (number: number, model: string, arm = 0) => ({ name: null, version_number: number, model, arm });

test("two sides never share a name", () => {
  expect(sideNames([side(7, "a"), side(9, "a")])).toEqual(["v7", "v9"]);
  expect(sideNames([side(7, "a"), side(7, "b")])).toEqual(["v7 · a", "v7 · b"]);
  expect(new Set(sideNames([side(7, "a"), side(7, "a"), side(8, "a")])).size).toBe(3);
  expect(together(["v8", "v9", "v10"])).toBe("v8, v9 and v10");
});
