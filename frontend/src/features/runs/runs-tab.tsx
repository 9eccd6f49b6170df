import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { ButtonLink } from "@/components/ui/link";
import { DemoButton } from "@/features/golden/demo-button";
import { usePlace } from "@/features/golden/use-place";
import { ColumnPicker } from "@/features/lists/column-picker";
import { ExportCsv } from "@/features/lists/export-csv";
import { count, plural } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";
import type { Schemas } from "@/services/http";
import { type RunFilters, SOURCES, STATUSES, runsOptions } from "./api";
import { RunDrawer } from "./run-drawer";
import { RunFilterBar } from "./run-filter-bar";
import { RUN_COLUMNS } from "./run-columns";
import { RunsTable } from "./runs-table";

/** Every call of a prompt, newest first, and one of them beside the list. */
export function RunsTab({ prompt }: { prompt: Schemas["PromptRead"] }) {
  const { place, go } = usePlace();
  const filters: RunFilters = {
    version: place.v,
    status: STATUSES.find((status) => status === place.status),
    source: SOURCES.find((source) => source === place.source),
    model: place.model,
    from: place.from,
    to: place.to,
  };
  const runs = useQuery({
    ...runsOptions(prompt.id, filters, place.cursor),
    // queued and running ones go on
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "running" || status === "pending") ? 5_000 : false),
  });
  const items = runs.data?.items ?? [];
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  const opened = items.findIndex(({ id }) => id === place.run);
  const walk = (step: number) => {
    const next = items[opened + step];
    if (opened >= 0 && next) go({ run: next.id }, true);
  };
  const close = () => go({ run: undefined });
  useShortcuts({
    "]": () => walk(1),
    "[": () => walk(-1),
    Escape: () => place.run !== undefined && close(),
  });
  return (
    <div className="stack golden">
      <RunFilterBar
        place={place}
        filters={filters}
        newest={prompt.latest_version?.number ?? 0}
        models={[...new Set(items.map(({ model }) => model))].toSorted()}
        go={go}
      />
      <div className={clsx(place.run !== undefined && "split")}>
        <Panel
          title="Runs"
          beside={runs.data && <span className="n">{plural(runs.data.total, "run")}</span>}
          tools={
            <>
              <ExportCsv name="runs" rows={items} />
              <ColumnPicker list="runs" columns={RUN_COLUMNS} />
            </>
          }
          foot={
            (items.length > 0 || place.cursor) && (
            <>
              {items.length > 0 && (
                <span className="wide">
                  <Kbd>j</Kbd> <Kbd>k</Kbd> row <Kbd>↵</Kbd> open
                </span>
              )}
              <Pager cursor={place.cursor} next={runs.data?.next_cursor} onPage={(cursor) => go({ cursor })} />
            </>
            )
          }
          flush
        >
          <QueryStates query={runs} failed="The runs could not be loaded.">
            {() =>
              items.length > 0 ? (
                <RunsTable runs={items} opened={place.run} />
              ) : isFiltered || place.cursor ? (
                <EmptyState
                  title="No run fits these filters"
                  actions={
                    <Button onClick={() => go({ status: undefined, source: undefined, v: undefined, model: undefined, from: undefined, to: undefined, cursor: undefined })}>
                      Clear the filters
                    </Button>
                  }
                >
                  {prompt.runs_7d > 0 ? `There were ${count(prompt.runs_7d)} runs in the last 7 days.` : "Without them there may be some."}
                </EmptyState>
              ) : (
                <NoRuns prompt={prompt} />
              )
            }
          </QueryStates>
        </Panel>
        {place.run !== undefined && <RunDrawer key={place.run} runId={place.run} promptId={prompt.id} onClose={close} />}
      </div>
    </div>
  );
}

function NoRuns({ prompt }: { prompt: Schemas["PromptRead"] }) {
  return (
    <EmptyState
      title="No runs yet"
      command={`curl -H "X-API-Key: …" -H "Content-Type: application/json" -d '{"prompt": "${prompt.name}"}' ${window.location.origin}/api/v1/run`}
      actions={
        <>
          <ButtonLink kind="primary" to="/playground" search={{ prompt: prompt.name }}>
            Try it in the playground
          </ButtonLink>
          <DemoButton />
        </>
      }
    >
      Every call of this prompt through the API or the playground is noted here: what was sent, what came back, how long it took and
      what it cost. The calls of an experiment stand with the experiment.
    </EmptyState>
  );
}
