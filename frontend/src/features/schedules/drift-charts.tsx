import { ChartFrame } from "@/components/charts/chart-frame";
import type { ChartTable } from "@/components/charts/chart-types";
import { TimeSeries } from "@/components/charts/time-series";
import { useFollow } from "@/features/analytics/follow";
import { dayName, useZone } from "@/features/analytics/zone";
import { decimal } from "@/lib/format";
import type { Drift } from "./api";

const ROOM = ["00.00", "usual ± 2 σ"] as const; // a point and its evidence stand above one another
const QUIET = 465; // runs until a steady version gives an alarm, at slack 0.5 and limit 5

const figure = (value: number | null) => (value === null ? "" : decimal(value));

function tableOf(drift: Drift, days: readonly string[]): ChartTable {
  return {
    caption: "Mean score of each run, and the evidence that it changed",
    columns: [{ label: "Run" }, { label: "Mean", numeric: true }, { label: "n", numeric: true }, { label: "z", numeric: true }, { label: "Fell", numeric: true }, { label: "Rose", numeric: true }],
    rows: drift.points.map((point, index) => ({
      key: point.experiment_id,
      href: `/experiments/${point.experiment_id}`,
      cells: [
        `${days[index] ?? ""}${point.in_baseline ? ", learned from" : point.counts ? "" : ", left out"}`,
        point.mean === null ? "not judged" : decimal(point.mean),
        `${point.n} of ${point.planned}`,
        figure(point.z),
        figure(point.falls),
        figure(point.rises),
      ],
    })),
  };
}

/** Every run's mean against what is usual, and how the evidence of a change added up. */
export function DriftCharts({ drift }: { drift: Drift }) {
  const zone = useZone();
  const follow = useFollow();
  const days = drift.points.map(({ at }) => dayName(at, zone));
  const alarm = drift.alarms.at(-1);
  const changedAt = alarm ? drift.points.findIndex(({ at }) => at >= alarm.changed_at) : -1;
  const moves = changedAt < 0 ? [] : [{ at: Math.max(0, changedAt - 0.5), label: `change dated ${days[changedAt] ?? ""}` }];
  const usual = drift.mean === null || drift.sd === null ? null : ([drift.mean - 2 * drift.sd, drift.mean + 2 * drift.sd] as const);
  const links = (index: number) => ({ href: `/experiments/${drift.points[index]?.experiment_id ?? ""}` });
  return (
    <ChartFrame
      title="When it changed"
      table={tableOf(drift, days)}
      onFollow={follow}
      foot={
        drift.sd !== null && (
          <span>
            Each run adds how far its mean lies off what is usual, less half a σ; never under 0. The last 0 before the alarm dates the change. k={drift.slack}, h={drift.limit}, σ{" "}
            {decimal(drift.sd, 3)} from {drift.baseline_runs} runs.
          </span>
        )
      }
    >
      <h3 className="chart-title">Mean score of each run</h3>
      <TimeSeries
        title="Mean score of each run"
        buckets={days}
        moves={moves}
        room={ROOM}
        format={decimal}
        onFollow={follow}
        gapLabel="not judged"
        {...(usual && { usual: { range: usual, label: "usual ± 2 σ" } })}
        series={[
          {
            id: "golden",
            name: "golden",
            tone: "cand",
            draw: "points",
            endText: usual ? "" : "golden",
            points: drift.points.map((point, index) => ({
              value: point.mean,
              n: point.n,
              ...links(index),
              ...((!point.counts || (changedAt >= 0 && index >= changedAt)) && { flag: "neutral" as const }),
            })),
          },
        ]}
      />
      {drift.state !== "learning" && (
        <>
          <h3 className="chart-title">Evidence that it changed (CUSUM)</h3>
          <TimeSeries
            title="Evidence that it changed"
            buckets={days}
            moves={moves}
            room={ROOM}
            format={(value) => decimal(value, 1)}
            limit={{ value: drift.limit, label: `limit ${drift.limit}: once in ${QUIET} quiet runs` }}
            zero
            gapLabel="learning"
            series={[
              { id: "falls", name: "fell", tone: "cand", points: drift.points.map(({ falls }) => (falls === null ? null : { value: falls })) },
              { id: "rises", name: "rose", tone: "c2", points: drift.points.map(({ rises }) => (rises === null ? null : { value: rises })) },
            ]}
          />
        </>
      )}
    </ChartFrame>
  );
}
