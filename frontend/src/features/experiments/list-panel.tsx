import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { Suspense, lazy } from "react";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { ButtonLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { ColumnPicker } from "@/features/lists/column-picker";
import { ExportCsv } from "@/features/lists/export-csv";
import { useLoadDemo } from "@/features/session/use-load-demo";
import { count } from "@/lib/format";
import { type Experiment, type ListFilters, experimentsOptions } from "./api";
import { compareLink } from "./compare-link";
import { EXPERIMENT_COLUMNS } from "./list-columns";
import { ListFilterBar } from "./list-filters";
import { ListTable } from "./list-table";
import { recentOf } from "./recent";

const RecentCharts = lazy(async () => ({ default: (await import("./recent-charts")).RecentCharts }));

function FirstExperiment() {
  const demo = useLoadDemo();
  return (
    <EmptyState
      title="No experiments yet"
      command="llmops demo"
      actions={
        <>
          <ButtonLink to="/experiments/new" kind="primary">
            <FlaskConical className="icon" aria-hidden="true" />
            Run the first experiment
          </ButtonLink>
          <Button busy={demo.isPending} onClick={() => demo.mutate()}>
            Load demo data
          </Button>
          {demo.isError && <Notice kind="error">{demo.error.detail || demo.error.title}</Notice>}
        </>
      }
    >
      An experiment runs a version on your golden examples and says whether it got worse.
    </EmptyState>
  );
}

/** Has its height before the charts are there, so that the rows below stand still. */
function Recent({ items }: { items: readonly Experiment[] }) {
  const recent = recentOf(items);
  return (
    recent.length > 0 && (
      <div className="panel__body recent">
        <Suspense>
          <RecentCharts recent={recent} />
        </Suspense>
      </div>
    )
  );
}

interface ListPanelProps {
  filters: ListFilters;
  cursor: string | undefined;
  chosen: readonly string[];
  onFilter: (filters: ListFilters) => void;
  onPage: (cursor: string | undefined) => void;
  onChoose: (ids: string[]) => void;
}

function Comparing({ rows, chosen, onChoose }: { rows: readonly Experiment[]; chosen: readonly string[]; onChoose: (ids: string[]) => void }) {
  if (chosen.length === 0) return null;
  const found = chosen.flatMap((id) => rows.find((row) => row.id === id) ?? []);
  const link = compareLink(found);
  return (
    <div className="row wrap">
      <span className="small t2">{chosen.length} chosen</span>
      {link ? (
        <ButtonLink small to="/compare" search={link}>
          Compare
        </ButtonLink>
      ) : (
        <span className="small t3">{found.length < 2 ? "Choose another one to compare" : "At most four can be compared"}</span>
      )}
      <Button small kind="quiet" onClick={() => onChoose([])}>
        Choose none
      </Button>
    </div>
  );
}

export function ListPanel({ filters, cursor, chosen, onFilter, onPage, onChoose }: ListPanelProps) {
  const experiments = useQuery(experimentsOptions(filters, cursor));
  const { sort, ...narrowing } = filters;
  const isFiltered = Object.values(narrowing).some((filter) => filter !== undefined);
  const page = experiments.data;
  if (page?.total === 0 && !isFiltered) return (
      <Panel title="All experiments" beside={<span className="n">0</span>} flush>
        <FirstExperiment />
      </Panel>
    );
  return (
    <Panel
      title="All experiments"
      beside={page && <span className="n">{count(page.total)}</span>}
      tools={
        <>
          {page && <Comparing rows={page.items} chosen={chosen} onChoose={onChoose} />}
          <ExportCsv name="experiments" rows={page?.items ?? []} />
          <ColumnPicker list="experiments" columns={EXPERIMENT_COLUMNS} />
        </>
      }
      foot={
        <>
          <span>
            <Kbd>j</Kbd> <Kbd>k</Kbd> row <Kbd>x</Kbd> choose <Kbd>↵</Kbd> open
          </span>
          <Pager cursor={cursor} next={page?.next_cursor} onPage={onPage} names={["First page", "Next page"]} />
        </>
      }
      flush
    >
      <ListFilterBar filters={filters} onChange={onFilter} />
      <QueryStates query={experiments} failed="The experiments could not be loaded." rows={8}>
        {({ items }) =>
          items.length > 0 ? (
            <>
              <Recent items={items} />
              <ListTable items={items} chosen={chosen} onChoose={onChoose} />
            </>
          ) : (
            <EmptyState title="No experiment fits these filters" actions={<Button onClick={() => onFilter({ sort })}>Clear the filters</Button>}>
              There are experiments, but none is like that.
            </EmptyState>
          )
        }
      </QueryStates>
    </Panel>
  );
}
