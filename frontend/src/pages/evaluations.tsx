import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ClipboardList, Plus } from "lucide-react";
import { Suspense, lazy } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { Skeleton } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { EvaluatorsTable, JudgesTable } from "@/features/judges/judges-table";
import { useQueueCount } from "@/features/review/queue-badge";
import { useMay } from "@/features/session/use-may";
import type { EvaluationsSearch } from "./evaluations.search";

const CertificatesTab = lazy(async () => ({ default: (await import("@/features/judges/certificates-tab")).CertificatesTab }));
const QueueStanding = lazy(async () => ({ default: (await import("@/features/review/queue-standing")).QueueStanding }));
const DriftTab = lazy(async () => ({ default: (await import("@/features/schedules/drift-tab")).DriftTab }));
const NewJudgeSheet = lazy(async () => ({ default: (await import("@/features/judges/judge-sheets")).NewJudgeSheet }));
const CertificateAsk = lazy(async () => ({ default: (await import("@/features/judges/certificate-ask")).CertificateAsk }));
const CanarySheet = lazy(async () => ({ default: (await import("@/features/judges/canary-sheet")).CanarySheet }));

const TABS = [
  { key: "judges", name: "Judges" },
  { key: "certificates", name: "Certificates" },
  { key: "queue", name: "Review queue" },
  { key: "drift", name: "Drift watch" },
] as const;
const EXACT = { exact: true, includeSearch: true };
type Tab = (typeof TABS)[number]["key"];

function Judges() {
  const mayWrite = useMay("write");
  return (
    <>
      <JudgesTable mayWrite={mayWrite} />
      <EvaluatorsTable />
    </>
  );
}

interface TabProps {
  search: EvaluationsSearch;
  go: (next: EvaluationsSearch) => void;
}

const shown = (id: string | undefined): EvaluationsSearch => ({ tab: "drift", ...(id && { schedule: id }) });

function Drift({ search: { schedule, plan }, go }: TabProps) {
  const mayWrite = useMay("write");
  return (
    <DriftTab
      chosen={schedule}
      plan={plan}
      mayChange={mayWrite}
      onPlan={(next) => go({ ...shown(schedule), ...(next && { plan: next }) })}
      onSaved={(id) => go(shown(id))}
    />
  );
}

function Certificates({ search: { certificate, experiment, evaluator }, go }: TabProps) {
  const mayRun = useMay("run");
  return (
    <CertificatesTab
      chosen={certificate}
      experiment={experiment}
      evaluator={evaluator}
      mayRun={mayRun}
      onChoose={(chosen) => go({ tab: "certificates", ...(certificate && { certificate }), experiment: chosen })}
    />
  );
}

function Actions({ tab, waiting }: { tab: Tab; waiting: number | null }) {
  const [mayWrite, mayRun, mayReview] = [useMay("write"), useMay("run"), useMay("review")];
  return (
    <>
      {tab === "judges" && mayWrite && (
        <ButtonLink to="/evaluations" search={{ new: true }}>
          <Plus className="icon" aria-hidden="true" />
          New judge
        </ButtonLink>
      )}
      {tab === "certificates" && mayRun && (
        <ButtonLink to="/evaluations" search={{ tab, ask: true }}>
          <Plus className="icon" aria-hidden="true" />
          Ask for a certificate
        </ButtonLink>
      )}
      {tab === "drift" && mayWrite && (
        <ButtonLink to="/evaluations" search={{ tab, plan: "new" }}>
          <Plus className="icon" aria-hidden="true" />
          New schedule
        </ButtonLink>
      )}
      {mayReview && (
        <ButtonLink kind="primary" to="/evaluations/review">
          <ClipboardList className="icon" aria-hidden="true" />
          {tab === "queue" ? "Start reviewing" : waiting ? `Review ${waiting}` : "Review"}
        </ButtonLink>
      )}
    </>
  );
}

export function EvaluationsPage() {
  const search = useSearch({ from: "/shell/evaluations" });
  const navigate = useNavigate({ from: "/evaluations" });
  const go = (next: EvaluationsSearch) => void navigate({ search: next, replace: true, resetScroll: false });
  const tab = search.tab ?? "judges";
  const waiting = useQueueCount();
  return (
    <>
      <PageHeader
        title="Evaluations"
        identity="Who scores the answers, and how far each may be trusted"
        actions={<Actions tab={tab} waiting={waiting} />}
      />
      <div className="tabs" aria-label="Evaluations" role="tablist">
        {TABS.map(({ key, name }) => (
          <Link
            key={key}
            to="/evaluations"
            search={key === "judges" ? {} : { tab: key }}
            activeOptions={EXACT}
            role="tab"
            aria-selected={key === tab}
          >
            {name} {key === "queue" && waiting !== null && <span>{waiting}</span>}
          </Link>
        ))}
      </div>
      <Suspense
        key={tab}
        fallback={
          <div className="panel">
            <Skeleton rows={8} />
          </div>
        }
      >
        {tab === "judges" && <Judges />}
        {tab === "certificates" && <Certificates search={search} go={go} />}
        {tab === "queue" && <QueueStanding />}
        {tab === "drift" && <Drift search={search} go={go} />}
      </Suspense>
      <Suspense>
        {search.new && <NewJudgeSheet onClose={() => go({})} />}
        {search.ask && <CertificateAsk onClose={() => go({ tab: "certificates" })} onAsked={(certificate) => go({ tab: "certificates", certificate })} />}
        {search.canary && <CanarySheet onClose={() => go({ tab: "certificates" })} />}
      </Suspense>
    </>
  );
}
