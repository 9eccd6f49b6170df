import { decimal } from "@/lib/format";

export interface Bin {
  label: string;
  counts: number[];
}

const FEW = 6;
const TENTHS = 10;

const binOf = (score: number): number => Math.min(TENTHS - 1, Math.max(0, Math.floor(score * TENTHS + 1e-9)));

/** How many cases have each score, per side: each value by itself where there are few, else tenths. Every score is in one bin. */
export function scoreBins(sides: readonly (readonly number[])[]): Bin[] {
  const values = [...new Set(sides.flat())].toSorted((one, other) => one - other);
  if (values.length === 0) return [];
  if (values.length <= FEW) {
    const labels = values.map((value) => decimal(value));
    const distinct = [...new Set(labels)];
    return distinct.map((label) => ({ label, counts: sides.map((scores) => scores.filter((score) => decimal(score) === label).length) }));
  }
  return Array.from({ length: TENTHS }, (_, index) => ({
    label: decimal(index / TENTHS, 1),
    counts: sides.map((scores) => scores.filter((score) => binOf(score) === index).length),
  }));
}
