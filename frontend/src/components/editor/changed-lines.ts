import { align } from "@/components/diff/align";

/** Lines of the text, from 0, that the base does not have at their place. */
export function changedLines(base: string, text: string): number[] {
  const lines = text.split("\n");
  const kept = new Set<number>();
  for (const match of align(base.split("\n"), lines)) {
    for (let i = 0; i < match.length; i += 1) kept.add(match.b + i);
  }
  return lines.flatMap((_, line) => (kept.has(line) ? [] : [line]));
}
