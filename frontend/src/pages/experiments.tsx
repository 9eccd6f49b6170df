import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { PageHeader } from "@/components/layout/page-header";
import { ButtonLink } from "@/components/ui/link";
import { ListPanel } from "@/features/experiments/list-panel";
import { ViewsMenu } from "@/features/lists/views-menu";
import { useMay } from "@/features/session/use-may";
import { experimentsSearch } from "./experiments.search";

export function ExperimentsPage() {
  const { cursor, select = [], ...filters } = useSearch({ from: "/shell/experiments" });
  const navigate = useNavigate({ from: "/experiments" });
  const mayRun = useMay("run");
  return (
    <>
      <PageHeader
        title="Experiments"
        identity="Versions on golden examples, judged, against a baseline."
        actions={
          <>
            <ViewsMenu page="experiments" filters={filters} onOpen={(view) => void navigate({ search: experimentsSearch(view) })} />
            {mayRun && (
              <ButtonLink kind="primary" to="/experiments/new">
                <Plus className="icon" aria-hidden="true" />
                New experiment
              </ButtonLink>
            )}
          </>
        }
      />
      <ListPanel
        filters={filters}
        cursor={cursor}
        chosen={select}
        onFilter={(next) => void navigate({ search: next, replace: true })}
        onPage={(place) => void navigate({ search: { ...filters, cursor: place } })}
        onChoose={(ids) => void navigate({ search: (old) => ({ ...old, select: ids.length > 0 ? ids : undefined }), replace: true })}
      />
    </>
  );
}
