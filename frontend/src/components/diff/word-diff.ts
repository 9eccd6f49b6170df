import { once } from "@/lib/once";
import { align } from "./align";

/** Kept and deleted stretches joined are the text before; kept and inserted ones the text after. */
export interface WordPart {
  op: "equal" | "delete" | "insert";
  text: string;
}

export type Side = "before" | "after";

// both texts together; about 20,000 words. Longer ones are compared line by line first.
const LONG_TEXT = 120_000;

const words = once(() => new Intl.Segmenter(undefined, { granularity: "word" }));

/** Words as the language has them (also where no spaces stand between them), spaces and signs; joined they are the text. */
export const wordsOf = (text: string): string[] => Array.from(words().segment(text), (word) => word.segment);

export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

const roughWordsOf = (text: string): string[] => text.match(/\s+|\S+/g) ?? [];

export function wordDiff(before: string, after: string): WordPart[] {
  if (before === after) return before === "" ? [] : [{ op: "equal", text: before }];
  if (before.length + after.length <= LONG_TEXT) return tidied(parts(wordsOf(before), wordsOf(after)));
  const lines = parts(linesOf(before), linesOf(after));
  const result: WordPart[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const [part, next] = [lines[i], lines[i + 1]];
    if (part?.op === "delete" && next?.op === "insert") {
      const split = part.text.length + next.text.length <= LONG_TEXT ? wordsOf : roughWordsOf;
      result.push(...tidied(parts(split(part.text), split(next.text))));
      i += 1;
    } else if (part) {
      result.push(part);
    }
  }
  return joinedUp(result);
}

export function partsOf(parts: readonly WordPart[], side: Side): WordPart[] {
  return parts.filter((part) => part.op !== (side === "before" ? "insert" : "delete"));
}

function parts(before: readonly string[], after: readonly string[]): WordPart[] {
  const result: WordPart[] = [];
  let [a, b] = [0, 0];
  const tell = (op: WordPart["op"], items: readonly string[]) => {
    if (items.length > 0) result.push({ op, text: items.join("") });
  };
  for (const match of [...align(before, after), { a: before.length, b: after.length, length: 0 }]) {
    tell("delete", before.slice(a, match.a));
    tell("insert", after.slice(b, match.b));
    tell("equal", before.slice(match.a, match.a + match.length));
    [a, b] = [match.a + match.length, match.b + match.length];
  }
  return result;
}

interface Change {
  gone: string;
  come: string;
}

/** A space, or a lone short word, between two changes belongs to them: one change of a phrase, not confetti. */
function tidied(all: readonly WordPart[]): WordPart[] {
  const result: WordPart[] = [];
  let open: Change = { gone: "", come: "" };
  const close = () => {
    if (open.gone) result.push({ op: "delete", text: open.gone });
    if (open.come) result.push({ op: "insert", text: open.come });
    open = { gone: "", come: "" };
  };
  all.forEach((part, index) => {
    if (part.op === "delete") open.gone += part.text;
    else if (part.op === "insert") open.come += part.text;
    else if (isBetween(open, part.text, changeAfter(all, index))) {
      open = { gone: open.gone + part.text, come: open.come + part.text };
    } else {
      close();
      result.push(part);
    }
  });
  close();
  return result;
}

function changeAfter(all: readonly WordPart[], index: number): Change {
  const change = { gone: "", come: "" };
  for (let i = index + 1; i < all.length && all[i]?.op !== "equal"; i += 1) {
    change[all[i]?.op === "delete" ? "gone" : "come"] += all[i]?.text ?? "";
  }
  return change;
}

function isBetween(left: Change, text: string, right: Change): boolean {
  const [before, after] = [left.gone.length + left.come.length, right.gone.length + right.come.length];
  const both = left.gone + right.gone !== "" && left.come + right.come !== "";
  if (before === 0 || after === 0 || !both || text.includes("\n")) return false;
  return text.trim() === "" || (/^\s*\p{L}{1,4}\s*$/u.test(text) && text.length * 3 <= Math.min(before, after));
}

function joinedUp(all: readonly WordPart[]): WordPart[] {
  const result: WordPart[] = [];
  for (const part of all) {
    const last = result.at(-1);
    if (last?.op === part.op) last.text += part.text;
    else result.push({ ...part });
  }
  return result;
}
