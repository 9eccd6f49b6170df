import { align } from "@/components/diff/align";
import { linesOf, wordDiff } from "@/components/diff/word-diff";
import type { DiffHunk } from "@/components/diff/diff-rows";

type Line = DiffHunk["lines"][number];

const whole = (op: "equal" | "insert" | "delete", text: string): Line => ({ op, words: [{ op, text }] });

/** The lines between two stretches that stayed: each removed one beside the one that came in its place. */
function between(gone: readonly string[], come: readonly string[]): Line[] {
  const lines: Line[] = [];
  for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
    const [before, after] = [gone[index], come[index]];
    if (before !== undefined && after !== undefined) {
      const words = wordDiff(before, after);
      const kept = words.some((word) => word.op === "equal" && word.text.trim() !== "");
      lines.push(...(kept ? [{ op: "replace" as const, words }] : [whole("delete", before), whole("insert", after)]));
    } else if (before !== undefined) lines.push(whole("delete", before));
    else if (after !== undefined) lines.push(whole("insert", after));
  }
  return lines;
}

/** A draft against a version, in the shape the server tells two versions in. */
export function hunksOf(before: string, after: string): DiffHunk[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const hunks: DiffHunk[] = [];
  let [a, b] = [0, 0];
  for (const match of [...align(old, now), { a: old.length, b: now.length, length: 0 }]) {
    const [gone, come] = [old.slice(a, match.a), now.slice(b, match.b)];
    if (gone.length + come.length > 0) {
      const op = gone.length === 0 ? "insert" : come.length === 0 ? "delete" : "replace";
      hunks.push({ op, old_start: a + 1, new_start: b + 1, lines: between(gone, come) });
    }
    const same = old.slice(match.a, match.a + match.length);
    if (same.length > 0) {
      hunks.push({ op: "equal", old_start: match.a + 1, new_start: match.b + 1, lines: same.map((line) => whole("equal", line)) });
    }
    [a, b] = [match.a + match.length, match.b + match.length];
  }
  return hunks;
}
