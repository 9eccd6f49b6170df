import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { SettingsTable } from "@/features/accounts/settings-table";
import { MISSING, count, duration, money } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { hasRuns, runsOptions } from "./api";
import { type AnalyticsFilters, SOURCE_NAMES } from "./filters";
import { causeOf } from "./sum-charts";
import type { Window } from "./window";
import { dayAndClock } from "./zone";

type Run = Schemas["RunSummary"];

interface RunsTableProps {
  window: Window;
  filters: AnalyticsFilters;
  zone: string;
  cursor: string | undefined;
  onPage: (cursor: string | undefined) => void;
}

/** The calls behind the figures, one by one. */
export function RunsTable({ window, filters, zone, cursor, onPage }: RunsTableProps) {
  const runs = useQuery(runsOptions(window, filters, cursor));
  if (!hasRuns(filters)) {
    return (
      <Panel title="Runs in this window">
        <EmptyState title="These calls are cases of experiments" actions={<ButtonLink to="/experiments">Experiments</ButtonLink>}>
          Cases stand with their experiment, each with its output and its scores.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title="Runs in this window"
      beside={runs.data && <span className="n">{count(runs.data.total)}</span>}
      foot={
        <>
          <span>Newest first. The figures above also count the cases of experiments, which stand with their experiment.</span>
          <Pager cursor={cursor} next={runs.data?.next_cursor} onPage={onPage} />
        </>
      }
      flush
    >
      <QueryStates query={runs} failed="The runs could not be loaded.">
        {({ items }) =>
          items.length > 0 ? (
            <SettingsTable
              caption="Runs in this window"
              columns={[
                "When",
                "Prompt",
                "Source",
                "Model",
                "State",
                { name: "Latency", kind: "num" },
                { name: "Tokens in, out", kind: "num" },
                { name: "Cost", kind: "num" },
              ]}
            >
              {items.map((run) => (
                <RunRow key={run.id} run={run} zone={zone} />
              ))}
            </SettingsTable>
          ) : (
            <p className="panel__body t2">No single run in this window. Runs come from the API, the command line and the playground.</p>
          )
        }
      </QueryStates>
    </Panel>
  );
}

function RunRow({ run, zone }: { run: Run; zone: string }) {
  const { id, prompt_name, version_number, created_at, source, model, status, error_code, latency_ms, tokens_in, tokens_out } = run;
  const version = version_number === null ? "" : ` v${version_number}`;
  return (
    <tr>
      <td className="nowrap">
        <time dateTime={created_at}>{dayAndClock(created_at, zone)}</time>
      </td>
      <td>
        {prompt_name === null ? (
          <Link to="/playground" search={{ run: id }}>
            without a prompt
          </Link>
        ) : (
          <Link to="/prompts/$" params={{ _splat: prompt_name }} search={{ tab: "runs", run: id }}>
            {prompt_name}
            {version}
          </Link>
        )}
      </td>
      <td className="t2">{SOURCE_NAMES[source]}</td>
      <td className="t2">{model}</td>
      <td>{status === "failed" ? `⚠ failed: ${causeOf(error_code ?? "other")}` : status}</td>
      <td className="num">{latency_ms === null ? <Missing what="not answered" /> : duration(latency_ms)}</td>
      <td className="num">{tokens_in === null || tokens_out === null ? <Missing what="not counted" /> : `${count(tokens_in)}, ${count(tokens_out)}`}</td>
      <td className="num">{latency_ms === null && run.cost_usd === null ? <Missing what="no cost" /> : money(run.cost_usd)}</td>
    </tr>
  );
}

function Missing({ what }: { what: string }) {
  return (
    <>
      <span aria-hidden="true">{MISSING}</span>
      <span className="sr">{what}</span>
    </>
  );
}
