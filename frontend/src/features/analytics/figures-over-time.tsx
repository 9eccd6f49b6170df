import { useEffect } from "react";
import { EmptyState, Skeleton } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import type { Analytics } from "./api";
import type { AnalyticsFilters } from "./filters";
import { JudgedChart, LatencyChart, TokenChart } from "./line-charts";
import { MoversTable } from "./movers-table";
import { CostChart, ErrorChart } from "./sum-charts";
import { TotalsStrip } from "./totals-strip";
import { useView } from "./view";

interface FiguresOverTimeProps {
  data: Analytics;
  filters: AnalyticsFilters;
}

/** The address may name a chart that is drawn only now: the browser has looked for it in vain. */
function useArrival(): void {
  useEffect(() => {
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  }, []);
}

/** One answer of the server as totals, charts and movers. The ids are where links from elsewhere lead. */
export function FiguresOverTime({ data, filters }: FiguresOverTimeProps) {
  const view = useView(data, filters);
  useArrival();
  if (data.totals.runs === 0) return <NoCalls filters={filters} />;
  return (
    <>
      <TotalsStrip data={data} filters={filters} />
      <div className="two charts">
        <div className="chart-slot" id="cost">
          <CostChart view={view} />
        </div>
        <div className="chart-slot" id="errors">
          <ErrorChart view={view} />
        </div>
      </div>
      <div className="half charts">
        <div className="chart-slot" id="latency">
          <LatencyChart view={view} />
        </div>
        <div className="chart-slot" id="tokens">
          <TokenChart view={view} />
        </div>
        <div className="chart-slot" id="hallucination">
          <JudgedChart view={view} metric="hallucination" />
        </div>
        <div className="chart-slot" id="score">
          <JudgedChart view={view} metric="score" />
        </div>
      </div>
      <MoversTable data={data} />
    </>
  );
}

const Waits = ({ rows }: { rows: number }) => (
  <div className="panel">
    <Skeleton rows={rows} />
  </div>
);

/** As high as the figures will be, so that the table below them does not move. */
export function FiguresAwaited() {
  return (
    <>
      <div className="tiles tiles--wait" />
      <div className="two">
        <Waits rows={11} />
        <Waits rows={11} />
      </div>
      <div className="half">
        <Waits rows={8} />
        <Waits rows={8} />
        <Waits rows={8} />
        <Waits rows={8} />
      </div>
      <Waits rows={4} />
    </>
  );
}

/** Six empty charts say no more than one sentence. */
function NoCalls({ filters: { prompt, model, source, failed, from } }: { filters: AnalyticsFilters }) {
  const isFiltered = [prompt, model, source, failed].some((filter) => filter !== undefined);
  return (
    <div className="panel">
      {isFiltered ? (
        <EmptyState title="No call fits these filters" actions={<ButtonLink to="/analytics" search={{ from }}>Clear the filters</ButtonLink>}>
          Nothing was asked in this window with this prompt, model and source{failed && ", and failed"}.
        </EmptyState>
      ) : (
        <EmptyState
          title="No calls in this window"
          command="llmops demo"
          actions={
            <>
              <ButtonLink kind="primary" to="/playground">
                Open the playground
              </ButtonLink>
              <ButtonLink to="/">Load demo data</ButtonLink>
            </>
          }
        >
          Every call of a prompt is counted here: what it cost, how long it took, whether it failed and how it was judged.
        </EmptyState>
      )}
    </div>
  );
}

/** Names of prompts that the answer mentions, by id. */
export function promptNames(data: Analytics | undefined): ReadonlyMap<string, string> {
  const groups = data?.by === "prompt" ? data.groups.map(({ key, name }) => [key, name] as const) : [];
  const movers = data?.movers.map(({ prompt_id, name }) => [prompt_id, name] as const) ?? [];
  const moves = data?.label_moves.map(({ prompt_id, prompt_name }) => [prompt_id, prompt_name] as const) ?? [];
  return new Map([...groups, ...movers, ...moves]);
}
