import { MAX_SERIES, SERIES_TONES, type AreaSeries, type ChartTable, type Series, type Tone } from "@/components/charts/chart-types";
import { money } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { View } from "./view";

type Group = Schemas["Series"];

export const NO_RUNS = "no runs";
const toneOf = (index: number): Tone => SERIES_TONES[index] ?? "neutral";
const numberOf = (amount: string | null | undefined) => (amount === null || amount === undefined ? null : Number(amount));

/** Intervals of more lines than this cover one another; the table has them all. */
const BANDS = 2;

/** Means with their interval and n, one line for each group. */
export function estimateSeries({ data, pointHref }: View, key: "score" | "hallucination"): Series[] {
  const withBands = data.groups.length <= BANDS;
  return data.groups.map((group, index) => ({
    id: group.key,
    name: group.name,
    tone: toneOf(index),
    points: group[key].map((estimate, bucket) =>
      estimate && { value: estimate.value, n: estimate.n, interval: withBands ? estimate.interval : null, href: pointHref(bucket) },
    ),
  }));
}

type Plain = "latency_p50" | "latency_p95" | "latency_p99";

const line = ({ pointHref }: View, values: readonly (number | null)[]) =>
  values.map((value, bucket) => (value === null ? null : { value, href: pointHref(bucket) }));

/** Three percentiles of all calls, or the 95th of each group: never averages of percentiles. */
export function latencySeries(view: View): Series[] {
  const { by, groups } = view.data;
  const [all] = groups;
  if (by === "none" && all) {
    const lines: readonly [Plain, string][] = [
      ["latency_p95", "p95"],
      ["latency_p99", "p99"],
      ["latency_p50", "p50"],
    ];
    return lines.map(([key, name], index) => ({ id: key, name, tone: toneOf(index), points: line(view, all[key]) }));
  }
  return groups.map((group, index) => ({ id: group.key, name: group.name, tone: toneOf(index), points: line(view, group.latency_p95) }));
}

/** Of all groups together: sums of sums are exact. */
export function tokenSeries(view: View): Series[] {
  const { groups, buckets } = view.data;
  const sums = (key: "tokens_in" | "tokens_out") =>
    buckets.map((_, bucket) => {
      const parts = groups.flatMap((group) => group[key][bucket] ?? []);
      return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
    });
  return [
    { id: "in", name: "in", tone: toneOf(0), points: line(view, sums("tokens_in")) },
    { id: "out", name: "out", tone: toneOf(1), points: line(view, sums("tokens_out")) },
  ];
}

export const callsIn = ({ data }: View, bucket: number): number => data.groups.reduce((sum, { runs }) => sum + (runs[bucket] ?? 0), 0);

function added(groups: readonly Group[], buckets: number): number[] {
  let sum = 0;
  return Array.from({ length: buckets }, (_, bucket) => {
    sum += groups.reduce((part, { cost_usd }) => part + (numberOf(cost_usd[bucket]) ?? 0), 0);
    return sum;
  });
}

/** Known costs, added up; the sixth area is what is left. */
export function costAreas({ data, groupHref }: View): AreaSeries[] {
  const isMany = data.groups.length > MAX_SERIES;
  const own = isMany ? data.groups.slice(0, MAX_SERIES - 1) : data.groups;
  const rest = data.groups.slice(own.length);
  const areas = own.map((group, index) => ({
    id: group.key,
    name: group.name,
    tone: toneOf(index),
    values: added([group], data.buckets.length),
    href: groupHref(group.key),
  }));
  if (rest.length === 0) return areas;
  return [...areas, { id: "rest", name: "the others", tone: toneOf(MAX_SERIES - 1), values: added(rest, data.buckets.length) }];
}

const costCell = (runs: number, cost: string | null | undefined): string => (runs === 0 ? NO_RUNS : money(cost));

/** What each bucket cost by itself, as the server says it. */
export function costTable({ data, names, hrefOf }: View, caption: string): ChartTable {
  return {
    caption,
    columns: [{ label: "When" }, ...data.groups.map(({ name }) => ({ label: name, numeric: true }))],
    rows: [
      ...names.map((name, bucket) => ({
        key: `${bucket} ${name}`,
        href: hrefOf(bucket),
        cells: [name, ...data.groups.map(({ runs, cost_usd }) => costCell(runs[bucket] ?? 0, cost_usd[bucket]))],
      })),
      { key: "total", cells: ["All of it", ...data.groups.map(({ totals }) => costCell(totals.runs, totals.cost_usd))] },
    ],
  };
}
