import fc from "fast-check";
import { expect, test } from "vitest";
import { align } from "./align";
import { partsOf, type Side, wordDiff, wordsOf } from "./word-diff";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.constantFrom("the", "refund", "14", "days", " ", " ", ", ", ".", "\n", "退款", "استرداد", "👩‍👧", "\u200b"), { maxLength: 40 }).map((all) => all.join("")),
);
const sideOf = (before: string, after: string, side: Side) =>
  partsOf(wordDiff(before, after), side).map((part) => part.text).join("");

test("kept and deleted words are the text before, kept and inserted ones the text after", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(sideOf(before, after, "before")).toBe(before);
      expect(sideOf(before, after, "after")).toBe(after);
    }),
    { numRuns: 1_000 },
  );
});

test("a text differs from itself in nothing", () => {
  fc.assert(fc.property(text, (same) => {
    expect(wordDiff(same, same).filter((part) => part.op !== "equal")).toEqual([]);
  }));
});

test("the alignment keeps as many items as the longest common subsequence", () => {
  const items = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 14 });
  fc.assert(
    fc.property(items, items, (a, b) => {
      const kept = align(a, b).reduce((sum, match) => sum + match.length, 0);
      expect(kept).toBe(longestCommon(a, b));
    }),
    { numRuns: 500 },
  );
});

test("words are words where no space stands between them", () => {
  expect(wordsOf("退款需要十四天").length).toBeGreaterThan(2);
  expect(wordDiff("退款需要十四天", "退款需要三天").some((part) => part.op === "equal" && part.text.startsWith("退款"))).toBe(true);
  expect(wordDiff("تسترد المبلغ خلال أسبوع", "تسترد المبلغ خلال شهر").at(-1)).toEqual({ op: "insert", text: "شهر" });
});

test("two changed words beside each other are one change, an unchanged line stays", () => {
  expect(wordDiff("pay by gift card", "pay by bank transfer")).toEqual([
    { op: "equal", text: "pay by " },
    { op: "delete", text: "gift card" },
    { op: "insert", text: "bank transfer" },
  ]);
  expect(wordDiff("one\nkeep\ntwo", "uno\nkeep\ndue")).toContainEqual({ op: "equal", text: "\nkeep\n" });
});

const noise = (seed: number) => Array.from({ length: 30_000 }, (_, i) => `w${(i * seed) % 50_021}`).join(" ");

test("a text of 50,000 words, or one that shares nothing, is compared within seconds", () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i} tells of order ${(i * 7919) % 4001} and of its parcel\n`);
  const changed = lines.map((line, i) => (i % 9 === 0 ? line.replace("parcel", "refund") : line));
  const start = performance.now();
  for (const [before, after] of [[lines.join(""), changed.join("")], [noise(17), noise(23)], ["ab ".repeat(30_000), "ba ".repeat(30_000)]] as const) {
    expect(sideOf(before, after, "before")).toBe(before);
    expect(sideOf(before, after, "after")).toBe(after);
  }
  expect(wordDiff(lines.join(""), changed.join("")).filter((part) => part.text === "refund").length).toBe(556);
  expect(performance.now() - start).toBeLessThan(6_000);
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const best = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const value = a[i] === b[j] ? 1 + (best[i + 1]?.[j + 1] ?? 0) : Math.max(best[i + 1]?.[j] ?? 0, best[i]?.[j + 1] ?? 0);
      best[i]?.splice(j, 1, value);
    }
  }
  return best[0]?.[0] ?? 0;
}
