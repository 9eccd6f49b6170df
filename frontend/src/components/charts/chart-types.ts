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

export interface BarClass {
  id: string;
  name: string;
  tone: Tone;
  /** One per bucket; null where nothing ran, which is not 0. */
  values: readonly (number | null)[];
}

export interface ErrorBarsProps {
  title: string;
  buckets: readonly string[];
  classes: readonly BarClass[];
  format?: Format;
  gapLabel?: string;
  height?: number;
  hrefOf?: (bucket: number) => string | undefined;
  onFollow?: OnFollow;
}

export interface HistogramProps {
  title: string;
  /** One or two series; graphite is the first of two, accent the second. */
  names: readonly [string] | readonly [string, string];
  bins: readonly { label: string; counts: readonly number[] }[];
  /** Counts above the bars; leave out where bars are narrow. */
  counts?: boolean;
  height?: number;
}

export interface AreaSeries {
  id: string;
  name: string;
  tone: Tone;
  /** Cumulative; null for what is still to come. */
  values: readonly (number | null)[];
  href?: string;
}

export interface StackedAreaProps {
  title: string;
  /** All buckets of the period, also those to come. */
  buckets: readonly string[];
  series: readonly AreaSeries[];
  format: Format;
  tickFormat?: Format;
  /** Expected at the end of the period. */
  forecast?: Figure;
  /** The line not to pass, and where the forecast passes it, in bucket steps. */
  budget?: { value: number; label: string; crossesAt?: number | null };
  height?: number;
  /** Addresses of the buckets, for the table. */
  hrefOf?: (bucket: number) => string | undefined;
  onFollow?: OnFollow;
}

export interface VersionPoint extends Figure {
  name: string;
  tone: Tone;
  final?: boolean;
  /** The label it holds, for instance "production". */
  label?: string;
  href?: string;
}

export interface VersionChartProps {
  title: string;
  /** Oldest first. */
  versions: readonly VersionPoint[];
  format: Format;
  tickFormat?: Format;
  height?: number;
  onFollow?: OnFollow;
}

export interface ForestRow extends Figure {
  id: string;
  label: string;
  tone: Tone;
  strong?: boolean;
  /** Not final: dashed with a hollow point. */
  final?: boolean;
  /** Replaces the text at the right. */
  text?: string;
  /** Too few for a mean: the single values are drawn instead. */
  points?: readonly number[];
  /** A second estimate above, in graphite, for two versions in one row. */
  baseline?: Figure;
}

export interface ForestPlotProps {
  /** What is compared: the first words of the label. */
  title: string;
  rows: readonly ForestRow[];
  format: Format;
  /** Accepted loss: the grey band from the reference towards worse. */
  margin?: number;
  /** Worse is on the right: the captions and the band change sides. */
  lowerIsBetter?: boolean;
  /** The line everything is held against; null draws none. */
  reference?: number | null;
  captions?: readonly [left: string, right: string];
  /** Head of the column at the right. */
  unit?: string;
  tickFormat?: Format;
  domain?: Bounds;
  rowHeight?: number;
}

export interface SeriesPoint extends Figure {
  href?: string;
  /** Drawn hollow in this role, for instance after a change. */
  flag?: Tone;
  /** Written beside the point. */
  note?: string;
}

export interface Series {
  id: string;
  name: string;
  tone: Tone;
  /** One per bucket; null where nothing ran. */
  points: readonly (SeriesPoint | null)[];
  /** At the line end instead of the name. */
  endText?: string;
  draw?: "line" | "points";
}

export interface TimeSeriesProps {
  title: string;
  /** Names of the buckets in order, as they are read out and written in the table. */
  buckets: readonly string[];
  series: readonly Series[];
  format: Format;
  tickFormat?: Format;
  moves?: readonly LabelMove[];
  /** A value to stay below or above, with its name. */
  limit?: { value: number; label: string };
  /** The usual range, drawn behind. */
  usual?: { range: Bounds; label: string };
  /** Axis from 0. Counts and shares of few percent need it, scores do not. */
  zero?: boolean;
  /** Buckets that are written under the axis; without it first, middle and last. */
  ticksAt?: readonly number[];
  gapLabel?: string;
  height?: number;
  minWidth?: number;
  /** Texts that need room at the left and at the right: with the same ones two charts share a time axis. */
  room?: readonly [left: string, right: string];
  onFollow?: OnFollow;
}
