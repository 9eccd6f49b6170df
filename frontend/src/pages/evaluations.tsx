import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ClipboardList, Plus } from "lucide-react";
import { PageHeader } from "@/components/layout/page-header";
import { ButtonLink } from "@/components/ui/link";
import { Canaries } from "@/features/judges/canaries";
import { CertificateAsk } from "@/features/judges/certificate-ask";
import { CertificatesList } from "@/features/judges/certificates-list";
import { JudgeReportPanel } from "@/features/judges/judge-report";
import { NewJudgeSheet } from "@/features/judges/judge-sheets";
import { EvaluatorsTable, JudgesTable } from "@/features/judges/judges-table";
import { useQueueCount } from "@/features/review/queue-badge";
import { QueueStanding } from "@/features/review/queue-standing";
import { DriftTab } from "@/features/schedules/drift-tab";
import { useMay } from "@/features/session/use-may";
import type { EvaluationsSearch } from "./evaluations.search";

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

function Certificates({ search, go }: TabProps) {
  const mayRun = useMay("run");
  const { certificate, experiment, evaluator } = search;
  return (
    <>
      <CertificatesList chosen={certificate} mayAsk={mayRun} />
      <JudgeReportPanel
        key={experiment}
        experimentId={experiment}
        evaluator={evaluator}
        onChoose={(chosen) => go({ tab: "certificates", ...(certificate && { certificate }), experiment: chosen })}
      />
      <Canaries mayRemove={mayRun} />
    </>
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
      {tab === "judges" && <Judges />}
      {tab === "certificates" && <Certificates search={search} go={go} />}
      {tab === "queue" && <QueueStanding />}
      {tab === "drift" && <Drift search={search} go={go} />}
      {search.new && <NewJudgeSheet onClose={() => go({})} />}
      {search.ask && (
        <CertificateAsk
          onClose={() => go({ tab: "certificates" })}
          onAsked={(certificate) => go({ tab: "certificates", certificate })}
        />
      )}
    </>
  );
}
