import { ChartFrame } from "@/components/charts/chart-frame";
import { figureText } from "@/components/charts/chart-text";
import { type ChartTable, type Figure, SERIES_TONES, type Series, type TimeSeriesProps } from "@/components/charts/chart-types";
import { TimeSeries } from "@/components/charts/time-series";
import { useFollow } from "@/features/analytics/follow";
import { bounds } from "@/features/verdicts/verdict-rows";
import { decimal, duration, moment, money } from "@/lib/format";
import type { Experiment } from "./api";
import { newestOf } from "./compare-link";

const HEIGHT = 124;
const NOT_JUDGED = "not judged";
const NOT_MEASURED = "not measured";

const addressOf = ({ id }: Experiment): string => `/experiments/${id}`;
const dollars = (value: number): string => money(String(value));

function scoreOf({ versions }: Experiment): Figure | null {
  const mean = versions[newestOf(versions)]?.mean;
  return mean ? { value: mean.value, interval: bounds(mean.interval), n: mean.n } : null;
}

/** One series for each evaluator: their scores are not of one scale. */
function scoreSeries(recent: readonly Experiment[]): Series[] {
  const evaluators = [...new Set(recent.map(({ primary_evaluator }) => primary_evaluator))];
  return evaluators.map((name, index) => ({
    id: name,
    name,
    tone: SERIES_TONES[index] ?? "neutral",
    draw: "points",
    points: recent.map((experiment) => {
      const score = experiment.primary_evaluator === name ? scoreOf(experiment) : null;
      return score && { ...score, href: addressOf(experiment) };
    }),
  }));
}

function oneSeries(name: string, recent: readonly Experiment[], format: (value: number) => string, of: (experiment: Experiment) => number | null): Series[] {
  const points = recent.map((experiment) => {
    const value = of(experiment);
    return value === null ? null : { value, href: addressOf(experiment) };
  });
  const last = points.findLast((point) => point !== null);
  return [{ id: name, name, tone: "cand", draw: "points", endText: last ? format(last.value) : "", points }];
}

const tableOf = (caption: string, recent: readonly Experiment[]): ChartTable => ({
  caption,
  columns: [
    { label: "Experiment" },
    { label: "Finished" },
    { label: "Judged by" },
    { label: "Score, 95 % CI, n", numeric: true },
    { label: "Cost", numeric: true },
    { label: "Latency, p95", numeric: true },
  ],
  rows: recent.map((experiment) => {
    const { id, name, finished_at, primary_evaluator, cost_usd, p95_ms } = experiment;
    const score = scoreOf(experiment);
    const figures = [score ? figureText(score, decimal) : NOT_JUDGED, money(cost_usd), p95_ms === null ? NOT_MEASURED : duration(p95_ms)];
    return { key: id, href: addressOf(experiment), cells: [name, finished_at ? moment(finished_at) : "", primary_evaluator, ...figures] };
  }),
});

/** How the finished experiments of the list went: what they scored, cost and took. */
export function RecentCharts({ recent }: { recent: readonly Experiment[] }) {
  const onFollow = useFollow();
  const title = `Last ${recent.length} finished`;
  const charts: (Pick<TimeSeriesProps, "title" | "series" | "format" | "tickFormat" | "zero"> & { gapLabel: string })[] = [
    { title: "Score, 95 % CI", series: scoreSeries(recent), format: decimal, gapLabel: NOT_JUDGED },
    {
      title: "Cost",
      series: oneSeries("Cost", recent, dollars, ({ cost_usd }) => (cost_usd === null ? null : Number(cost_usd))),
      format: dollars,
      zero: true,
      gapLabel: "price unknown",
    },
    {
      title: "Latency, p95",
      series: oneSeries("Latency, p95", recent, duration, ({ p95_ms }) => p95_ms),
      format: duration,
      tickFormat: (value) => (value === 0 ? "0" : duration(value).replace(".0 ", " ")),
      zero: true,
      gapLabel: NOT_MEASURED,
    },
  ];
  return (
    <ChartFrame variant="plain" title={title} table={tableOf(title, recent)} onFollow={onFollow}>
      <div className="recent__charts">
        {charts.map((chart) => (
          <div key={chart.title}>
            <p className="small t2">{chart.title}</p>
            {chart.series.some(({ points }) => points.some((point) => point !== null)) ? (
              <TimeSeries {...chart} buckets={recent.map(({ name }) => name)} ticksAt={[]} height={HEIGHT} minWidth={240} onFollow={onFollow} />
            ) : (
              <p className="small t3">{chart.gapLabel}</p>
            )}
          </div>
        ))}
      </div>
    </ChartFrame>
  );
}
