import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useState } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { QueryStates } from "@/components/layout/states";
import { buttonClass } from "@/components/ui/button";
import { analyticsOptions, analyticsQuery, exportUrl } from "@/features/analytics/api";
import { FiguresAwaited, FiguresOverTime, promptNames } from "@/features/analytics/figures-over-time";
import { FilterBar } from "@/features/analytics/filter-bar";
import type { AnalyticsFilters } from "@/features/analytics/filters";
import { RunsTable } from "@/features/analytics/runs-table";
import { Updated } from "@/features/analytics/updated";
import { windowOf } from "@/features/analytics/window";
import { useZone } from "@/features/analytics/zone";
import { ViewsMenu } from "@/features/lists/views-menu";
import { meOptions } from "@/features/session/api";
import { plural } from "@/lib/format";
import { analyticsSearch } from "./analytics.search";

const MINUTE_MS = 60_000;
/** Whole minutes, so that coming back soon finds the answer that is there already. */
const nextMinute = () => Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;

export function AnalyticsPage() {
  const { cursor, ...filters } = useSearch({ from: "/shell/analytics" });
  const navigate = useNavigate({ from: "/analytics" });
  const zone = useZone();
  const [now, setNow] = useState(nextMinute);
  const window = windowOf(filters, now, zone);
  const query = analyticsQuery(window, filters, zone);
  const analytics = useQuery(analyticsOptions(query));
  const { data: me } = useQuery(meOptions);
  const { data } = analytics;
  const show = (chosen: AnalyticsFilters) => {
    setNow(nextMinute());
    void navigate({ search: chosen });
  };
  return (
    <>
      <PageHeader
        title={data && !analytics.isPlaceholderData ? `${plural(data.totals.runs, "call")} ${window.words}` : "Analytics"}
        tab="Analytics"
        identity={
          me && (
            <span>
              Workspace <b>{me.workspace.name}</b> · days in {zone}
              {data && (
                <>
                  {" "}
                  · <Updated at={analytics.dataUpdatedAt} />
                </>
              )}
            </span>
          )
        }
        actions={
          <>
            <ViewsMenu page="analytics" filters={filters} onOpen={(view) => show(analyticsSearch(view))} />
            <a className={buttonClass({})} href={exportUrl(query)} download>
              <Download className="icon" aria-hidden="true" />
              Export CSV
            </a>
          </>
        }
      />
      <FilterBar
        filters={filters}
        window={window}
        zone={zone}
        names={promptNames(data)}
        onChange={show}
      />
      <QueryStates query={analytics} failed="The figures could not be loaded." loading={<FiguresAwaited />}>
        {(found) => <FiguresOverTime data={found} filters={filters} />}
      </QueryStates>
      <div className="chart-slot" id="runs">
        <RunsTable
          window={window}
          filters={filters}
          zone={zone}
          cursor={cursor}
          onPage={(place) => void navigate({ search: { ...filters, cursor: place }, hash: "runs", resetScroll: false })}
        />
      </div>
    </>
  );
}
