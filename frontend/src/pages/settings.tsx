import { useQuery } from "@tanstack/react-query";
import { Link, lazyRouteComponent, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { Suspense } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { EmptyState, Skeleton } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { ApiKeysSection } from "@/features/accounts/api-keys-section";
import { MembersSection } from "@/features/accounts/members-section";
import { ProfileSection } from "@/features/accounts/profile-section";
import { sectionName } from "@/features/accounts/section-names";
import { SettingsNav } from "@/features/accounts/settings-nav";
import { AuditSection } from "@/features/operations/audit-section";
import { ProvidersSection } from "@/features/operations/providers-section";
import { SystemSection } from "@/features/operations/system-section";
import { meOptions } from "@/features/session/api";
import { useMay } from "@/features/session/use-may";
import type { SettingsSearch } from "./settings.search";

const HERE = "/shell/settings/$section";
/** What the one primary button of a section makes. */
const MAKES: Readonly<Record<string, string>> = { "api-keys": "Create key", members: "Invite somebody", gates: "New gate", budgets: "New budget", webhooks: "New webhook" };

const BudgetsSection = lazyRouteComponent(() => import("@/features/budgets/budgets-section"), "BudgetsSection");
const GatesSection = lazyRouteComponent(() => import("@/features/gates/settings-gates"), "GatesSection");
const WebhooksSection = lazyRouteComponent(() => import("@/features/webhooks/webhooks-section"), "WebhooksSection");
const AlertsSection = lazyRouteComponent(() => import("@/features/alerts/alerts-section"), "AlertsSection");
const CiSection = lazyRouteComponent(() => import("@/features/ci/ci-section"), "CiSection");

function SectionBody({ section }: { section: string }) {
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: "/settings/$section" });
  const go = (next: SettingsSearch, replace = false) => void navigate({ search: next, replace });
  const close = () => go({}, true);
  const { new: isNew = false, gate, edit, price, hook, view, prompt, label, cursor, actor, tag, object, from, to } = search;
  const filters = { actor, tag, object, from, to };
  switch (section) {
    case "profile":
      return <ProfileSection />;
    case "api-keys":
      return <ApiKeysSection isCreating={isNew} onClose={close} />;
    case "providers":
      return <ProvidersSection />;
    case "members":
      return <MembersSection isInviting={isNew} onClose={close} />;
    case "gates":
      return <GatesSection isCreating={isNew} prompt={prompt} label={label} gateId={gate} onClose={close} />;
    case "budgets":
      return <BudgetsSection isCreating={isNew} edited={edit} priced={price} onOpen={go} onClose={close} />;
    case "webhooks":
      return <WebhooksSection isCreating={isNew} edited={edit} chosen={hook} view={view} cursor={cursor} onShow={go} onClose={() => go({ hook }, true)} />;
    case "alerts":
      return <AlertsSection view={view} cursor={cursor} onShow={go} />;
    case "ci":
      return <CiSection prompt={prompt} view={view} onView={(next) => go({ prompt, view: next }, true)} />;
    case "audit":
      return <AuditSection filters={filters} cursor={cursor} onFilter={go} onPage={(place) => go({ ...filters, cursor: place })} />;
    case "system":
      return <SystemSection />;
    default:
      return (
        <div className="panel">
          <EmptyState title="There is no such section">The sections of the settings stand beside this text.</EmptyState>
        </div>
      );
  }
}

function Identity() {
  const { data: me } = useQuery(meOptions);
  if (!me) return null;
  return (
    <span>
      Workspace <b>{me.workspace.name}</b> <span className="t3">·</span> your role is {me.role} <span className="t3">·</span> every change is in the{" "}
      <Link to="/settings/$section" params={{ section: "audit" }}>
        audit log
      </Link>
    </span>
  );
}

export function SettingsPage() {
  const { section } = useParams({ from: HERE });
  const may = { admin: useMay("admin"), write: useMay("write") };
  // a gate that protects no label is for editors too
  const makes = may[section === "gates" ? "write" : "admin"] ? MAKES[section] : undefined;
  return (
    <>
      <PageHeader
        key={section}
        title="Settings"
        tab={`${sectionName(section)}, settings`}
        identity={<Identity />}
        actions={
          makes && (
            <ButtonLink kind="primary" to="/settings/$section" params={{ section }} search={{ new: true }}>
              <Plus className="icon" aria-hidden="true" />
              {makes}
            </ButtonLink>
          )
        }
      />
      <div className="with-nav">
        <SettingsNav />
        <div key={section} className="stack settings">
          <Suspense fallback={<Skeleton />}>
            <SectionBody section={section} />
          </Suspense>
        </div>
      </div>
    </>
  );
}
