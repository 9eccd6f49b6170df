import type { Series, TimeSeriesProps } from "@/components/charts/chart-types";
import { ChartFrame } from "@/components/charts/chart-frame";
import { timeSeriesTable } from "@/components/charts/series-text";
import { TimeSeries } from "@/components/charts/time-series";
import { ScoreValue } from "@/features/verdicts/score-value";
import { count, duration, plural } from "@/lib/format";
import { once } from "@/lib/once";
import { FIGURES } from "./figures";
import { NO_RUNS, estimateSeries, latencySeries, tokenSeries } from "./series";
import type { View } from "./view";

/** More marks than this hide the line. */
const MARKS = 4;

interface LineChartProps extends Pick<TimeSeriesProps, "title" | "format" | "tickFormat" | "zero" | "gapLabel"> {
  view: View;
  note: string;
  series: readonly Series[];
  /** In the table; without it the same. */
  whole?: readonly Series[];
  foot: React.ReactNode;
}

function LineChart({ view, note, series, whole = series, foot, ...look }: LineChartProps) {
  const { names, moves, onFollow } = view;
  const [only] = series;
  const last = only?.points.findLast((point) => point !== null)?.value;
  const named = only && series.length === 1 && typeof last === "number" ? [{ ...only, endText: look.format(last) }] : series;
  const drawn = { ...look, buckets: names, series: named, moves: moves.slice(-MARKS) };
  const unmarked = moves.length - MARKS;
  return (
    <ChartFrame
      title={look.title}
      note={note}
      table={timeSeriesTable({ ...drawn, series: whole, moves })}
      onFollow={onFollow}
      foot={
        <span>
          {foot}
          {unmarked > 0 && ` ${plural(unmarked, "older label move")} in the table only.`}
        </span>
      }
    >
      <TimeSeries {...drawn} onFollow={onFollow} />
    </ChartFrame>
  );
}

export function LatencyChart({ view }: { view: View }) {
  const { by, totals } = view.data;
  return (
    <LineChart
      view={view}
      title="Latency"
      note={by === "none" ? "p50, p95, p99" : "p95"}
      series={latencySeries(view)}
      format={(value) => duration(value)}
      tickFormat={(value) => (value === 0 ? "0" : duration(value).replace(".0 ", " "))}
      gapLabel={NO_RUNS}
      zero
      foot={
        totals.latency_p95 === null
          ? "No call was answered."
          : `p95 ${duration(totals.latency_p95)}, n=${count(totals.runs)}; of the calls themselves, not averaged`
      }
    />
  );
}

const short = once(() => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }));

export function TokenChart({ view }: { view: View }) {
  const { tokens_in, tokens_out, runs } = view.data.totals;
  return (
    <LineChart
      view={view}
      title="Tokens"
      note="all calls together"
      series={tokenSeries(view)}
      format={(value) => count(value)}
      tickFormat={(value) => short().format(value)}
      gapLabel={NO_RUNS}
      zero
      foot={
        tokens_in === null || tokens_out === null
          ? "No call counted its tokens."
          : `Exact sums of ${plural(runs, "call")}: ${count(tokens_in)} in, ${count(tokens_out)} out.`
      }
    />
  );
}

const JUDGED = {
  hallucination: { title: "Hallucinated claims", note: "share the sources do not support" },
  score: { title: "Score", note: "of the first evaluator" },
} as const;

export function JudgedChart({ view, metric }: { view: View; metric: keyof typeof JUDGED }) {
  const kind = FIGURES[metric];
  const series = estimateSeries(view, metric);
  const total = view.data.totals[metric];
  const whole = series.map((entry, index) => ({
    ...entry,
    points: entry.points.map((point, bucket) => point && { ...point, interval: view.data.groups[index]?.[metric][bucket]?.interval ?? null }),
  }));
  return (
    <LineChart
      view={view}
      {...JUDGED[metric]}
      series={series}
      whole={whole}
      format={kind.format}
      gapLabel="not judged"
      zero={metric === "hallucination"}
      foot={
        total ? (
          <>
            <ScoreValue estimate={total} format={kind.format} /> in all, an example once; {series.length > 2 ? "intervals in the table" : "band 95 % CI"}
          </>
        ) : (
          "No call in this window was judged."
        )
      }
    />
  );
}
