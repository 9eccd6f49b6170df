import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button, buttonClass } from "@/components/ui/button";
import { SettingsTable } from "@/features/accounts/settings-table";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { count } from "@/lib/format";
import { type AuditFilters, auditExportUrl, auditOptions } from "./api";
import { AuditFilterBar } from "./audit-filter-bar";
import { AuditRow } from "./audit-row";

interface AuditSectionProps {
  filters: AuditFilters;
  cursor: string | undefined;
  onFilter: (filters: AuditFilters) => void;
  /** To an older page; without a place, back to the newest. */
  onPage: (cursor: string | undefined) => void;
}

export function AuditSection({ filters, cursor, onFilter, onPage }: AuditSectionProps) {
  const isAdmin = useMay("admin");
  const events = useQuery({ ...auditOptions(filters, cursor), enabled: isAdmin });
  if (!isAdmin) return <MayNot to="read the audit log" />;
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  return (
    <Panel
      title="Audit log"
      beside={events.data && <span className="n">{count(events.data.total)}</span>}
      tools={
        <a className={buttonClass({ small: true })} href={auditExportUrl(filters)} download>
          <Download className="icon" aria-hidden="true" />
          Export CSV
        </a>
      }
      foot={
        <>
          <span>Newest first. Each row holds a digest of the one before, so that a missing or changed row shows.</span>
          <Pager cursor={cursor} next={events.data?.next_cursor} onPage={onPage} />
        </>
      }
      flush
    >
      <AuditFilterBar filters={filters} onChange={onFilter} />
      <QueryStates query={events} failed="The audit log could not be loaded.">
        {({ items }) =>
          items.length > 0 ? (
            <SettingsTable
              caption="Audit log"
              columns={[{ name: "Details", kind: "hidden" }, { name: "No.", kind: "num" }, "When", "Who", "What", "From address"]}
            >
              {items.map((event) => (
                <AuditRow key={event.id} event={event} onObject={(object) => onFilter({ object })} />
              ))}
            </SettingsTable>
          ) : (
            <EmptyState
              title={isFiltered ? "Nothing fits these filters" : "Nothing has been recorded yet"}
              actions={isFiltered && <Button onClick={() => onFilter({})}>Clear the filters</Button>}
            >
              Every change in the workspace is noted here: who did what, when, from where, and what it was before.
            </EmptyState>
          )
        }
      </QueryStates>
    </Panel>
  );
}
