import type { MouseEvent } from "react";
import type { Bounds } from "@/components/charts/scale";

export type Verdict = "regression" | "pass" | "inconclusive" | "invalid" | "running";

/** A role of a mark. Its colour stands in charts.css and nowhere else. */
export type Tone = Verdict | "neutral" | "strong" | "base" | "cand" | "c1" | "c2" | "c3" | "c4" | "c5" | "c6";

export const SERIES_TONES: readonly Tone[] = ["c1", "c2", "c3", "c4", "c5", "c6"];
export const MAX_SERIES = 6;

export type Format = (value: number) => string;

/** Lets an application take over a plain link, for instance to navigate without a reload. */
export type OnFollow = (event: MouseEvent<HTMLAnchorElement>, href: string) => void;

export interface Figure {
  value: number | null;
  interval?: Bounds | null;
  n?: number;
}

export interface LabelMove {
  /** Position in bucket steps; see bucketAt. */
  at: number;
  label: string;
}

export interface ChartTable {
  caption: string;
  columns: readonly { label: string; numeric?: boolean }[];
  rows: readonly { key: string; cells: readonly string[]; href?: string }[];
}
