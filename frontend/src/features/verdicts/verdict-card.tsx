import { clsx } from "clsx";
import { Info } from "lucide-react";
import { type ReactNode, useId } from "react";
import { ChartFrame } from "@/components/charts/chart-frame";
import { ForestPlot } from "@/components/charts/forest-plot";
import { forestTable } from "@/components/charts/forest-text";
import { difference, interval, plural } from "@/lib/format";
import { DeltaValue } from "./delta-value";
import { VerdictBadge } from "./verdict-badge";
import { type Verdict, bounds, forestRows, otherMetrics, remarks, sidesOf, slicesBeside } from "./verdict-rows";
import { metricName, sentenceCase, toneOf } from "./words";

interface VerdictCardProps {
  verdict: Verdict;
  /** The cause: what changed. The third cell; without it the card has two. */
  cause?: ReactNode;
  /** At the right of the foot. */
  footLink?: ReactNode;
}

/** A sentence, then its proof, then its cause. All of it is the server's one Verdict object. */
export function VerdictCard({ verdict, cause, footLink }: VerdictCardProps) {
  const heading = useId();
  const tone = toneOf(verdict.verdict);
  const rows = forestRows(verdict);
  const hasEvidence = rows.some((row) => row.interval || row.value !== null) && tone !== "invalid";
  const cells = 1 + Number(hasEvidence) + Number(cause !== undefined);
  return (
    <section className={clsx("verdict-card", `verdict-card--${tone}`)} aria-labelledby={heading}>
      <div className={clsx("verdict-card__body", cells === 3 && "verdict-card__body--three", cells === 2 && "verdict-card__body--two")}>
        <Said verdict={verdict} heading={heading} />
        {hasEvidence && <Proof verdict={verdict} rows={rows} />}
        {cause !== undefined && <div className="verdict-card__cell">{cause}</div>}
      </div>
      <div className="verdict-card__foot">
        <span className="row">
          <Info className="icon" aria-hidden="true" />
          <span>{counted(verdict)}</span>
        </span>
        {verdict.policy.gate && (
          <span>
            Gate <b>{verdict.policy.gate}</b>
          </span>
        )}
        {footLink && <span className="push">{footLink}</span>}
      </div>
    </section>
  );
}

function Said({ verdict, heading }: { verdict: Verdict; heading: string }) {
  const [lead] = verdict.metrics;
  const pair = bounds(lead?.interval);
  return (
    <div className="verdict-card__cell">
      <h2 id={heading}>
        <VerdictBadge ruling={verdict.verdict} />
      </h2>
      <p className="verdict-card__say">{verdict.headline}</p>
      {lead && lead.difference !== null && pair && (
        <p className="t2">
          Δ <DeltaValue value={lead.difference} interval={pair} lowerIsBetter={lead.direction === "lower"} />, n={lead.n_pairs} pairs
          {lead.p_value !== null && `, ${chance(lead.p_value)}`}.{" "}
          {plural(lead.losses, "case")} got worse, {lead.wins} better.
        </p>
      )}
      {verdict.settle && <p className="t2">{verdict.settle.sentence}</p>}
      {remarks(verdict).map((line) => (
        <p key={line} className="small t2">
          {sentenceCase(line)}
        </p>
      ))}
    </div>
  );
}

function Proof({ verdict, rows }: { verdict: Verdict; rows: ReturnType<typeof forestRows> }) {
  const [lead] = verdict.metrics;
  const name = `v${verdict.candidate.version_number}`;
  const title = `Paired difference in ${metricName(lead?.metric ?? "score")}`;
  const plot = {
    title,
    rows,
    format: difference,
    captions: [`${name} worse`, "better"] as const,
    unit: "Δ, 95 % CI, n",
    ...sidesOf(verdict),
  };
  return (
    <div className="verdict-card__cell">
      <ChartFrame variant="plain" title={`How sure: ${title.toLowerCase()}`} table={forestTable(plot)} toggle="foot" foot={<Margin verdict={verdict} />}>
        <ForestPlot {...plot} />
      </ChartFrame>
      {slicesBeside(verdict).map(({ tag, difference: value, interval: pair, n_pairs: n }) => (
        <p key={tag} className="small t2">
          Score of {tag}: <DeltaValue value={value} interval={bounds(pair)} n={n} />
        </p>
      ))}
      {otherMetrics(verdict).map((metric) => {
        const pair = bounds(metric.interval);
        return (
          <p key={metric.metric} className="small t2">
            {sentenceCase(metricName(metric.metric))}:{" "}
            <DeltaValue value={metric.difference} interval={pair} n={metric.n_pairs} lowerIsBetter={metric.direction === "lower"} />
          </p>
        );
      })}
    </div>
  );
}

function Margin({ verdict }: { verdict: Verdict }) {
  const margin = verdict.metrics[0]?.margin;
  if (margin === null || margin === undefined) return null;
  return (
    <span className="legend">
      <span>
        <i className="swatch" data-tone="margin" aria-hidden="true" />
        accepted loss, up to {difference(margin).replace("+", "")}
      </span>
    </span>
  );
}

const chance = (p: number) => (p < 0.001 ? "p<.001" : `p=${p.toFixed(3).replace(/^0/, "")}`);

function counted({ n_pairs, n_examples, score_if_missing }: Verdict): string {
  const missing = n_examples - n_pairs;
  if (missing === 0) return `Compared on all ${plural(n_examples, "case")}.`;
  const pair = bounds(score_if_missing);
  const range = pair ? ` Had all of them been wrong or right: ${interval(pair, difference)}.` : "";
  return `Compared on ${n_pairs} of ${plural(n_examples, "case")}; ${missing} lack a score and are not counted.${range}`;
}
