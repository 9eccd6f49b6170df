import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { PageHeader } from "@/components/layout/page-header";
import { QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { Segmented } from "@/components/ui/segmented";
import { type Dashboard, type Days, dashboardOptions } from "@/features/analytics/api";
import { AttentionList } from "@/features/analytics/attention-list";
import { headingOf } from "@/features/analytics/heading";
import { Identity, lastMove } from "@/features/analytics/identity";
import { MetricTile } from "@/features/analytics/metric-tile";
import { ProductionTable } from "@/features/analytics/production-table";
import { RunningNow } from "@/features/analytics/running-now";
import { useZone } from "@/features/analytics/zone";
import { onboardingOptions } from "@/features/onboarding/api";
import { DemoNotice, FirstSteps } from "@/features/onboarding/first-steps";

const PERIODS = [
  { value: "1", label: "24 h" },
  { value: "7", label: "7 d" },
  { value: "30", label: "30 d" },
] as const;

const hasExperiment = ({ running, prompts }: Dashboard) =>
  running.length > 0 || prompts.some(({ trend, score, latest_verdict }) => trend.length > 0 || score !== null || latest_verdict !== null);

export function DashboardPage() {
  const { days = 7 } = useSearch({ from: "/shell/" });
  const navigate = useNavigate({ from: "/" });
  const zone = useZone();
  const dashboard = useQuery(dashboardOptions(days, zone));
  const { data } = dashboard;
  const isNew = data !== undefined && (data.prompts_total === 0 || !hasExperiment(data));
  // one prompt may be the demo's: only the first steps know, and only they can remove it
  const onboarding = useQuery({ ...onboardingOptions, enabled: isNew || data?.prompts_total === 1 });
  const choose = (period: (typeof PERIODS)[number]["value"]) => {
    const chosen = Number(period);
    void navigate({ search: chosen === 1 || chosen === 30 ? { days: chosen } : {} });
  };
  return (
    <>
      <PageHeader
        title={data === undefined ? "Dashboard" : isNew ? "Five steps to your first verdict" : headingOf(data.attention)}
        tab="Dashboard"
        identity={
          data &&
          (isNew ? (
            <span>
              Workspace <b>{data.workspace.name}</b>
            </span>
          ) : (
            <Identity dashboard={data} days={days} updatedAt={dashboard.dataUpdatedAt} zone={zone} />
          ))
        }
        actions={
          !isNew && (
            <>
              <Segmented label="Period" options={PERIODS} value={String(days) as "1" | "7" | "30"} onChange={choose} />
              <ButtonLink kind="primary" to="/experiments/new">
                <FlaskConical className="icon" aria-hidden="true" />
                New experiment
              </ButtonLink>
            </>
          )
        }
      />
      <QueryStates query={dashboard} failed="The dashboard could not be loaded." rows={12}>
        {(found) =>
          isNew ? (
            <>
              <QueryStates query={onboarding} failed="The first steps could not be loaded." rows={5}>
                {(steps) => <FirstSteps onboarding={steps} />}
              </QueryStates>
              {found.attention.length > 0 && <AttentionList items={found.attention} />}
              {found.prompts.length > 0 && <ProductionTable prompts={found.prompts} total={found.prompts_total} />}
            </>
          ) : (
            <>
              {onboarding.data?.has_demo_data && data?.prompts_total === 1 && <DemoNotice />}
              <Figures dashboard={found} days={days} />
            </>
          )
        }
      </QueryStates>
    </>
  );
}

function Figures({ dashboard, days }: { dashboard: Dashboard; days: Days }) {
  return (
    <>
      <section className="tiles" aria-label="Key figures">
        {dashboard.tiles.map((tile) => (
          <MetricTile key={tile.key} tile={tile} days={days} movedAt={lastMove(dashboard)?.at} />
        ))}
      </section>
      <div className="two">
        <AttentionList items={dashboard.attention} />
        <RunningNow running={dashboard.running} />
      </div>
      <ProductionTable prompts={dashboard.prompts} total={dashboard.prompts_total} />
    </>
  );
}
