import { memo } from "react";
import { ChartFrame } from "@/components/charts/chart-frame";
import { Histogram, HistogramWarning } from "@/components/charts/histogram";
import { count } from "@/lib/format";
import type { CaseTable } from "./api";
import { armsOf } from "./arms";
import { scoreBins } from "./score-bins";

interface ScoresPanelProps {
  table: CaseTable;
}

/** Of two sides at most: the baseline and the newest other. */
function shownSides(table: CaseTable): number[] {
  const last = table.sides.length - 1;
  return last > 0 ? [0, last] : [0];
}

export const ScoresPanel = memo(function ScoresPanel({ table }: ScoresPanelProps) {
  const shown = shownSides(table);
  const arms = armsOf(table.sides);
  const [first = "", second] = shown.map((index) => arms[index]?.name ?? "");
  const names = second === undefined ? ([first] as const) : ([first, second] as const);
  const scores = shown.map((index) => table.rows.flatMap((row) => row[6][index]?.[0] ?? []));
  const bins = scoreBins(scores);
  const n = scores.map((side, index) => `${names[index]} n=${count(side.length)}`).join(", ");
  const title = "Scores";
  if (bins.length === 0)
    return (
      <section className="panel" aria-label={title}>
        <div className="panel__head">
          <h2>{title}</h2>
        </div>
        <p className="panel__body t2">No case is scored yet.</p>
      </section>
    );
  return (
    <ChartFrame
      title={title}
      legend={
        <span className="legend">
          {names.map((name, index) => (
            <span key={name}>
              <i className="swatch" data-tone={index === 1 ? "cand" : "base"} aria-hidden="true" />
              {name}
            </span>
          ))}
        </span>
      }
      foot={
        <>
          <span>examples per score, {n}</span>
          <HistogramWarning bins={bins} hint="a finer rubric would see more" />
        </>
      }
      table={{
        caption: "Examples per score",
        columns: [{ label: "Score" }, ...names.map((label) => ({ label, numeric: true }))],
        rows: bins.map((bin) => ({ key: bin.label, cells: [bin.label, ...bin.counts.map(count)] })),
      }}
    >
      <Histogram title="Examples per score" names={names} bins={bins} />
    </ChartFrame>
  );
});
