import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { PageHeader } from "@/components/layout/page-header";
import { ErrorPanel, Skeleton } from "@/components/layout/states";
import { Playground } from "@/features/playground/playground";
import { useOpening } from "@/features/playground/use-opening";

/** At `/playground` and, with what a link kept, at `/playground/s/…`. */
export function PlaygroundPage() {
  const { prompt, v, example, run } = useSearch({ strict: false });
  const { stateId } = useParams({ strict: false });
  const navigate = useNavigate();
  const { draftKey, saved, error, retry } = useOpening({ stateId, prompt, v, example });
  const closeRun = () => void navigate({ to: ".", search: (here: Record<string, unknown>) => ({ ...here, run: undefined }), replace: true });
  if (saved) return <Playground key={draftKey} draftKey={draftKey} saved={saved} run={run} onCloseRun={closeRun} />;
  return (
    <>
      <PageHeader title="Playground" />
      <section className="panel">
        {error ? (
          <>
            <ErrorPanel what="What this link names could not be opened." error={error} onRetry={retry} />
            <div className="panel__foot">
              <Link to="/playground">Begin with an empty playground</Link>
            </div>
          </>
        ) : (
          <Skeleton rows={8} label="Loading the playground" />
        )}
      </section>
    </>
  );
}
