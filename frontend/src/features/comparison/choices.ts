/** What the address may ask of the list of cases. */
export const SORTS = ["delta", "-delta", "spread", "cost", "position"] as const;
export type Sort = (typeof SORTS)[number];

export const ONLY = ["all", "regressed", "improved", "same", "error", "only_one", "waiting", "any", "worse2", "worse3", "repaired", "disagree"] as const;
export type Only = (typeof ONLY)[number];

export const VIEWS = ["versions", "expected"] as const;
export type View = (typeof VIEWS)[number];

/** Stands in the address for "none is open", as the first is opened by itself. */
export const CLOSED = "none";

export interface Choices {
  metric?: string | undefined;
  only?: Only | undefined;
  sort?: Sort | undefined;
  tag?: string | undefined;
  q?: string | undefined;
  case?: string | undefined;
  view?: View | undefined;
  /** The candidate looked at in a case, 1 to 3. */
  side?: number | undefined;
}

export type Choose = (next: Choices) => void;

/** The candidate looked at, as an index of the sides; the first where the address names none that is there. */
export const candidateOf = ({ candidates }: { candidates: readonly unknown[] }, { side = 1 }: Choices): number => Math.min(side, candidates.length);
