import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { bareInterval } from "@/components/charts/chart-text";
import { type Estimate, count, duration, money, plural } from "@/lib/format";
import type { Analytics } from "./api";
import { Change } from "./change";
import { FIGURES, type FigureKind } from "./figures";
import type { AnalyticsFilters } from "./filters";

type Totals = Analytics["totals"];

interface TotalsStripProps {
  data: Analytics;
  filters: AnalyticsFilters;
}

/** The whole window in five figures, each beside the period before. */
export function TotalsStrip({ data: { totals, previous }, filters }: TotalsStripProps) {
  const before = filters.before === "off" ? null : previous;
  return (
    <section className="tiles" aria-label="The whole window">
      <Total name="Calls" chart="errors" filters={filters} before={before && `before: ${plural(before.runs, "call")}, ${count(before.errors)} failed`}>
        {count(totals.runs)} <small>{count(totals.errors)} failed</small>
      </Total>
      <Total name="Cost" chart="cost" filters={filters} before={before && `before: ${costOf(before)}`}>
        {costOf(totals)} <small>{totals.runs > 0 && pricedOf(totals)}</small>
      </Total>
      <Total name="p95 latency" chart="latency" filters={filters} before={before && <LatencyBefore now={totals} before={before} />}>
        {totals.latency_p95 === null ? <small>no call was answered</small> : duration(totals.latency_p95)}{" "}
        {totals.latency_p95 !== null && <small>n={count(totals.runs)}</small>}
      </Total>
      <Total name="Hallucinated claims" chart="hallucination" filters={filters} before={before && <Before of={before.hallucination} kind={FIGURES.hallucination} />}>
        <Judged of={totals.hallucination} kind={FIGURES.hallucination} />
      </Total>
      <Total name="Score" chart="score" filters={filters} before={before && <Before of={before.score} kind={FIGURES.score} />}>
        <Judged of={totals.score} kind={FIGURES.score} />
      </Total>
    </section>
  );
}

interface TotalProps {
  name: string;
  chart: string;
  filters: AnalyticsFilters;
  before: ReactNode;
  children: ReactNode;
}

function Total({ name, chart, filters, before, children }: TotalProps) {
  return (
    <Link className="tile" to="/analytics" search={filters} hash={chart}>
      <span className="tile__name">{name}</span>
      <span className="tile__figure">{children}</span>
      <span className="tile__delta">{before}</span>
    </Link>
  );
}

const costOf = ({ runs, cost_usd }: Totals) => (runs === 0 ? "nothing asked" : money(cost_usd));
const pricedOf = ({ runs, unpriced }: Totals) => (unpriced > 0 ? `${count(unpriced)} of ${plural(runs, "call")} without a price` : "exact sum");

const estimateText = (of: Estimate, kind: FigureKind) =>
  `${of.interval ? `${bareInterval(of.interval, kind.format)}, ` : ""}n=${count(of.n)}`;

function Judged({ of, kind }: { of: Estimate | null; kind: FigureKind }) {
  if (!of) return <small>not judged</small>;
  return (
    <>
      {kind.format(of.value)} <small>{estimateText(of, kind)}</small>
    </>
  );
}

function Before({ of, kind }: { of: Estimate | null; kind: FigureKind }) {
  if (!of) return "before: not judged";
  return (
    <>
      before: {kind.format(of.value)} <span className="n">{estimateText(of, kind)}</span>
    </>
  );
}

/** Percentiles are of the calls themselves, so their difference is a fact and has no interval. */
function LatencyBefore({ now, before }: { now: Totals; before: Totals }) {
  if (before.latency_p95 === null) return "before: no call was answered";
  const change = now.latency_p95 === null ? null : { value: now.latency_p95 - before.latency_p95, interval: null, n: now.runs + before.runs };
  return (
    <>
      {change && <Change change={change} kind={FIGURES.latency} />} before: {duration(before.latency_p95)}
    </>
  );
}
