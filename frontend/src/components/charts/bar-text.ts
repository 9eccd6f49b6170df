import { figureText, sentence, spokenFigure } from "@/components/charts/chart-text";
import type { ChartTable, ErrorBarsProps, HistogramProps, StackedAreaProps, VersionChartProps } from "@/components/charts/chart-types";
import { type Bounds, stretches } from "@/components/charts/scale";
import { MISSING, count } from "@/lib/format";

const sum = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

const CONCENTRATED = 0.3;

/** The value that most cases have, if they are more than 30 %. */
export function heaviest(bins: HistogramProps["bins"]): { label: string; share: number } | null {
  const total = sum(bins.flatMap(({ counts }) => counts));
  const shares = bins.map(({ label, counts }) => ({ label, share: total === 0 ? 0 : sum(counts) / total }));
  const most = shares.toSorted((a, b) => b.share - a.share)[0];
  return most && most.share > CONCENTRATED ? most : null;
}

export const histogramLabel = ({ title, names, bins }: HistogramProps): string =>
  sentence(
    title,
    names.map(
      (name, part) => `${name}: ${bins.map(({ label, counts }) => `${label} ${count(counts[part] ?? 0)}`).join(", ")}`,
    ),
  );

export const histogramTable = ({ title, names, bins }: HistogramProps): ChartTable => ({
  caption: title,
  columns: [{ label: "Value" }, ...names.map((label) => ({ label, numeric: true }))],
  rows: bins.map(({ label, counts }) => ({
    key: label,
    cells: [label, ...names.map((_, part) => count(counts[part] ?? 0))],
  })),
});

/** The rest beyond six series is one series, named for how many it stands for. Only for sums. */
export function foldRest<T extends { name: string; values: readonly (number | null)[] }>(
  series: readonly T[],
  most = 6,
): { name: string; values: readonly (number | null)[]; source: T | null }[] {
  const kept = series.length > most ? series.slice(0, most - 1) : series;
  const rest = series.slice(kept.length);
  const named = kept.map((entry) => ({ name: entry.name, values: entry.values, source: entry }));
  if (rest.length === 0) return named;
  const values = (rest[0]?.values ?? []).map((_, index) => {
    const parts = rest.map((entry) => entry.values[index]);
    return parts.every((part) => typeof part !== "number") ? null : sum(parts);
  });
  return [...named, { name: `other (${rest.length})`, values, source: null }];
}

export const barGaps = ({ buckets, classes }: Pick<ErrorBarsProps, "buckets" | "classes">): Bounds[] =>
  stretches(buckets.length, (index) => classes.every(({ values }) => typeof values[index] !== "number"));

export function barText(index: number, { buckets, classes, format = count }: ErrorBarsProps): string {
  const parts = classes.filter(({ values }) => (values[index] ?? 0) > 0);
  const total = sum(classes.map(({ values }) => values[index]));
  const detail = parts.map(({ name, values }) => `${name} ${format(values[index] ?? 0)}`).join(", ");
  return `${buckets[index]}: ${format(total)}${parts.length > 0 ? `, ${detail}` : ""}`;
}

export function errorBarsLabel(props: ErrorBarsProps): string {
  const { title, buckets, classes, format = count, gapLabel = "no runs" } = props;
  const totals = buckets.map((_, index) => sum(classes.map(({ values }) => values[index])));
  const peak = totals.indexOf(Math.max(...totals));
  return sentence(title, [
    ...classes.map(({ name, values }) => `${name} ${format(sum(values))}`),
    (totals[peak] ?? 0) > 0 ? `highest on ${barText(peak, props)}` : "",
    ...barGaps(props).map(([from, to]) => `${gapLabel} from ${buckets[from]} to ${buckets[to]}`),
  ]);
}

export function errorBarsTable(props: ErrorBarsProps): ChartTable {
  const { title, buckets, classes, format = count, hrefOf, gapLabel = "no runs" } = props;
  return {
    caption: title,
    columns: [{ label: "When" }, ...classes.map(({ name }) => ({ label: name, numeric: true }))],
    rows: buckets.map((bucket, index) => ({
      key: `${index} ${bucket}`,
      href: hrefOf?.(index),
      cells: [bucket, ...classes.map(({ values }) => (typeof values[index] === "number" ? format(values[index]) : gapLabel))],
    })),
  };
}

export function stackedLabel({ title, buckets, series, format, forecast, budget }: StackedAreaProps): string {
  const last = series[0]?.values.findLastIndex((value) => value !== null) ?? -1;
  const total = sum(series.map(({ values }) => values[last]));
  return sentence(title, [
    `${format(total)} on ${buckets[last] ?? ""}`,
    ...series.map(({ name, values }) => `${name} ${format(values[last] ?? 0)}`),
    forecast ? `forecast ${spokenFigure(forecast, format)}, by ${buckets.at(-1)}` : "",
    budget ? budget.label : "",
    budget?.crossesAt ? `passed on ${buckets[Math.round(budget.crossesAt)] ?? ""}` : "",
  ]);
}

export function stackedTable(props: StackedAreaProps): ChartTable {
  const { title, buckets, series, format, forecast, hrefOf } = props;
  const rows = buckets.flatMap((bucket, index) => {
    const values = series.map((entry) => entry.values[index]);
    if (values.every((value) => typeof value !== "number")) return [];
    const cells = [...values.map((value) => (typeof value === "number" ? format(value) : MISSING)), format(sum(values))];
    return [{ key: `${index} ${bucket}`, href: hrefOf?.(index), cells: [bucket, ...cells] }];
  });
  const ahead = forecast && {
    key: "forecast",
    cells: [`${buckets.at(-1)}, forecast`, ...series.map(() => MISSING), figureText(forecast, format)],
  };
  return {
    caption: title,
    columns: [{ label: "When" }, ...[...series.map(({ name }) => name), "All"].map((label) => ({ label, numeric: true }))],
    rows: ahead ? [...rows, ahead] : rows,
  };
}

export const versionLabel = ({ title, versions, format }: VersionChartProps): string =>
  sentence(
    `${title}, with 95 percent intervals`,
    versions.map(
      (version) =>
        `${version.name} ${spokenFigure(version, format)}${version.label ? `, ${version.label}` : ""}${version.final === false ? ", not final" : ""}`,
    ),
  );

export const versionTable = ({ title, versions, format }: VersionChartProps): ChartTable => ({
  caption: title,
  columns: [{ label: "Version" }, { label: "Mean, 95 % CI, n", numeric: true }, { label: "Label" }],
  rows: versions.map((version) => ({
    key: version.name,
    href: version.href,
    cells: [version.name, figureText(version, format), version.label ?? ""],
  })),
});
