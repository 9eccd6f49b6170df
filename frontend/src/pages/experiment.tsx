import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { LiveExperiment } from "@/features/experiments/live-experiment";

const HERE = "/shell/experiments/$experimentId";

export function ExperimentPage() {
  const { experimentId } = useParams({ from: HERE });
  const { case: openCase, ...filters } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: "/experiments/$experimentId" });
  return (
    <LiveExperiment
      key={experimentId}
      id={experimentId}
      filters={filters}
      openCase={openCase}
      onFilter={(next) => void navigate({ search: { ...next, case: openCase }, replace: true, resetScroll: false })}
      onOpen={(exampleId) => void navigate({ search: { ...filters, case: exampleId }, replace: openCase !== undefined, resetScroll: false })}
    />
  );
}
