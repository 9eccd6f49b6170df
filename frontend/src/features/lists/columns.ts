import type { ReactNode } from "react";

/** A column that somebody may hide or move; what a row is called and chosen by always stands before these. */
export interface Column<Row> {
  key: string;
  name: string;
  isNumber?: true;
  /** Hidden until somebody wants it. */
  isExtra?: true;
  /** Of the cells, not of the head. */
  className?: string;
  cell: (row: Row) => ReactNode;
}

/** What somebody made of a list's columns. */
export interface Arrangement {
  order: readonly string[];
  hidden: readonly string[];
}

export type Keyed = { readonly key: string; readonly isExtra?: true };

const AS_MADE: Arrangement = { order: [], hidden: [] };

const words = (raw: unknown): string[] => (Array.isArray(raw) ? raw.filter((one) => typeof one === "string") : []);

export function readArrangement(raw: unknown): Arrangement {
  if (typeof raw !== "object" || raw === null) return AS_MADE;
  return { order: words("order" in raw && raw.order), hidden: words("hidden" in raw && raw.hidden) };
}

/** In the kept order, without names that mean nothing; a column that is new since then stands behind its neighbour. */
export function arranged<C extends Keyed>(columns: readonly C[], { order }: Arrangement): C[] {
  const found = [...new Set(order.flatMap((key) => columns.find((column) => column.key === key) ?? []))];
  for (const [index, column] of columns.entries()) {
    const neighbour = columns[index - 1];
    if (!found.includes(column)) found.splice(neighbour ? found.indexOf(neighbour) + 1 : 0, 0, column);
  }
  return found;
}

/** What is hidden now: also an extra column that nobody has arranged yet. */
export function hiddenOf(columns: readonly Keyed[], { order, hidden }: Arrangement): string[] {
  const unasked = columns.filter(({ key, isExtra }) => isExtra && !order.includes(key));
  return [...new Set([...hidden, ...unasked.map(({ key }) => key)])];
}

/** One column a step to the front (−1) or to the back (1), past hidden ones as well. */
export function moved(order: readonly string[], key: string, step: -1 | 1): string[] {
  const at = order.indexOf(key);
  const to = at + step;
  if (at < 0 || to < 0 || to >= order.length) return [...order];
  return order.toSpliced(at, 1).toSpliced(to, 0, key);
}

export const toggled = (hidden: readonly string[], key: string): string[] => (hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key]);
