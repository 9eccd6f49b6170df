import fc from "fast-check";
import { expect, test } from "vitest";
import { type DiffHunk, type Row, stretchesOf } from "./diff-rows";

const equal = (text: string) => ({ op: "equal" as const, words: [{ op: "equal" as const, text }] });
const line = (op: "delete" | "insert", text: string) => ({ op, words: [{ op, text }] });
const replaced = (kept: string, gone: string, come: string) => ({
  op: "replace" as const,
  words: [
    { op: "equal" as const, text: kept },
    { op: "delete" as const, text: gone },
    { op: "insert" as const, text: come },
  ].filter((word) => word.text !== ""),
});

const word = fc.constantFrom("a", "b", " ", "");
const hunks = fc
  .array(
    fc.oneof(
      fc.array(word.map((text) => equal(`${text}\n`)), { minLength: 1, maxLength: 9 }),
      fc.array(fc.oneof(word.map((text) => line("delete", `${text}\n`)), word.map((text) => line("insert", `${text}\n`)), fc.tuple(word, word, word).map((all) => replaced(...all))), { minLength: 1, maxLength: 5 }),
    ),
    { maxLength: 6 },
  )
  .map((groups) => {
    let [old, fresh] = [1, 1];
    return groups.map((lines): DiffHunk => {
      const hunk = { op: lines[0]?.op === "equal" ? ("equal" as const) : ("replace" as const), old_start: old, new_start: fresh, lines };
      old += lines.filter((each) => each.op !== "insert").length;
      fresh += lines.filter((each) => each.op !== "delete").length;
      return hunk;
    });
  });

const rowsOf = (all: readonly DiffHunk[], view: "split" | "unified"): Row[] => stretchesOf(all, { view }).flatMap((stretch) => stretch.rows);

test("either view shows every line of both sides once, in order, with its number and its text", () => {
  fc.assert(
    fc.property(hunks, fc.constantFrom("split" as const, "unified" as const), (all, view) => {
      const rows = rowsOf(all, view);
      for (const [side, missing] of [["old", "insert"], ["new", "delete"]] as const) {
        const cells = rows.flatMap((row) => row[side] ?? []);
        expect(cells.map((cell) => cell.number)).toEqual(cells.map((_, index) => index + 1));
        const words = all.flatMap((hunk) => hunk.lines.flatMap((each) => (each.op === missing ? [] : each.words)));
        expect(cells.flatMap((cell) => cell.words.map((each) => each.text)).join("")).toBe(
          words.filter((each) => each.op !== missing).map((each) => each.text).join(""),
        );
      }
    }),
  );
});

const lines = (n: number) => Array.from({ length: n }, (_, i) => equal(`${i}\n`));

test("unchanged lines far from a change fold, a single one does not", () => {
  const all: DiffHunk[] = [
    { op: "equal", old_start: 1, new_start: 1, lines: lines(5) },
    { op: "replace", old_start: 6, new_start: 6, lines: [line("delete", "x\n"), line("insert", "y\n")] },
    { op: "equal", old_start: 7, new_start: 7, lines: lines(4) },
  ];
  expect(stretchesOf(all, { view: "split" }).map((stretch) => [stretch.folded, stretch.rows.length])).toEqual([[true, 2], [false, 7], [false, 1]]);
});

test("a line whose spaces alone changed counts as unchanged when spaces are hidden", () => {
  const all: DiffHunk[] = [{ op: "replace", old_start: 1, new_start: 1, lines: [replaced("a", " ", "\t"), replaced("b", "c", "d")] }];
  expect(stretchesOf(all, { view: "unified", hideWhitespace: true }).flatMap((stretch) => stretch.rows.map((row) => row.changed))).toEqual([false, true, true]);
});
