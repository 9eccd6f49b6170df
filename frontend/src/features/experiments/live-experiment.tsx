import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { count, duration, money } from "@/lib/format";
import { type Status, casesOptions, statusOptions } from "./api";
import { armsOf } from "./arms";
import { ArmsPanel } from "./arms-panel";
import { VerdictPanel } from "./awaited-verdict";
import { CaseInspector } from "./case-inspector";
import { CasesPanel } from "./cases-panel";
import { compareOf } from "./compare-of";
import { ErrorsPanel } from "./errors-panel";
import { EvaluatorsPanel } from "./evaluators-panel";
import { Identity } from "./identity";
import { MoreMenu } from "./more-menu";
import { OtherComparisons } from "./other-comparisons";
import { OriginNotes } from "./origin-notes";
import { ReproducePanel } from "./reproduce-panel";
import { RunProgress } from "./run-progress";
import { ScoresPanel } from "./scores-panel";
import type { CaseView } from "./shown-cases";
import { SteeringButtons, SteeringRefusal, useSteering } from "./steering";
import { type Live, useLiveExperiment } from "./use-live-experiment";
import { isFinal } from "./words";

interface LiveExperimentProps {
  id: string;
  filters: CaseView;
  openCase: string | undefined;
  onFilter: (filters: CaseView) => void;
  onOpen: (exampleId: string | undefined) => void;
}

/** Spend of the cap, time left, and how fresh this is. */
function besideProgress(status: Status, { etaS, liveness }: Live): string {
  const cap = status.max_cost_usd;
  const eta = (liveness === "polling" ? null : etaS) ?? status.eta_s; // what was streamed before is old
  return [
    cap ? `${money(status.cost_usd)} of ${money(cap)}` : money(status.cost_usd),
    status.cached > 0 && `${count(status.cached)} cached`,
    status.status === "running" && eta !== null && `${duration(eta * 1000)} left`,
    liveness === "polling" && "no live stream, asked every 5 s",
  ]
    .filter(Boolean)
    .join(" · ");
}

export function LiveExperiment({ id, filters, openCase, onFilter, onOpen }: LiveExperimentProps) {
  const query = useQuery(statusOptions(id));
  const cases = useQuery(casesOptions(id));
  const now = query.data;
  const live = useLiveExperiment(id, now);
  const steering = useSteering(id);
  const hasEnded = now !== undefined && isFinal(now.status);
  const arms = useMemo(() => (now ? armsOf(now.arms) : []), [now]);
  const compare = compareOf(id, arms);
  // worst first after the end, in the plan's own order while it fills from the top
  const view = { ...filters, sort: filters.sort ?? (hasEnded ? ("score" as const) : ("case" as const)) };
  return (
    <>
      <PageHeader
        title={now?.name ?? "Experiment"}
        crumb={now?.name}
        identity={now && <Identity status={now} arms={arms} />}
        actions={
          now && (
            <>
              <MoreMenu status={now} arms={arms} />
              <SteeringButtons status={now} steering={steering} />
              {compare && (
                <ButtonLink kind={hasEnded ? "primary" : "default"} to="/compare" search={compare}>
                  Compare
                </ButtonLink>
              )}
            </>
          )
        }
      />
      <QueryStates query={query} failed="The experiment could not be loaded." rows={10}>
        {(status) => (
          <>
            <SteeringRefusal status={status} steering={steering} />
            <RunProgress progress={status.progress} running={status.status === "running"} beside={besideProgress(status, live)} />
            <OriginNotes status={status} />
            <VerdictPanel status={status} arms={arms.length} />
            <OtherComparisons status={status} arms={arms} />
            <QueryStates query={cases} failed="The cases could not be loaded." rows={10}>
              {(table) => (
                <>
                  <ArmsPanel status={status} table={table} />
                  <div className="half">
                    <ScoresPanel table={table} />
                    <EvaluatorsPanel status={status} table={table} />
                  </div>
                  <div className={openCase ? "split" : "with-side"}>
                    <CasesPanel status={status} table={table} arms={arms} filters={view} openCase={openCase} onFilter={onFilter} onOpen={onOpen} />
                    {openCase && <CaseInspector key={openCase} experimentId={id} exampleId={openCase} arms={arms} onClose={() => onOpen(undefined)} />}
                    <div className="stack">
                      <ErrorsPanel status={status} onShow={(state) => onFilter({ ...filters, state })} />
                      <ReproducePanel status={status} arms={arms} />
                    </div>
                  </div>
                </>
              )}
            </QueryStates>
          </>
        )}
      </QueryStates>
    </>
  );
}
