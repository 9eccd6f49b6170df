import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { type ReactNode, Suspense, lazy } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { EmptyState, ErrorPanel, Skeleton, StaleBadge } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { type Prompt, promptOptions } from "@/features/prompts/api";
import { usePlace } from "@/features/prompts/place";
import { PromptHead } from "@/features/prompts/prompt-head";
import { type PromptTab, PromptTabs } from "@/features/prompts/prompt-tabs";
import { usePromptDraft } from "@/features/prompts/use-prompt-draft";
import { VersionsTab } from "@/features/prompts/versions-tab";
import { useMay } from "@/features/session/use-may";

const GoldenTab = lazy(async () => ({ default: (await import("@/features/golden/golden-tab")).GoldenTab }));
const RunsTab = lazy(async () => ({ default: (await import("@/features/runs/runs-tab")).RunsTab }));
const ExperimentsTab = lazy(async () => ({ default: (await import("@/features/experiments/prompt-experiments-tab")).PromptExperimentsTab }));
const DiffTab = lazy(async () => ({ default: (await import("@/features/prompts/diff-tab")).DiffTab }));
const UseItTab = lazy(async () => ({ default: (await import("@/features/prompts/use-it-tab")).UseItTab }));
const PromoteSheet = lazy(async () => ({ default: (await import("@/features/prompts/promote-sheet")).PromoteSheet }));

const Waiting = () => (
  <div className="panel">
    <Skeleton rows={10} label="Loading" />
  </div>
);

function PromptView({ prompt }: { prompt: Prompt }) {
  const { search, go } = usePlace();
  const draft = usePromptDraft(prompt.id);
  const mayWrite = useMay("write");
  const { tab = "versions", diff, promote } = search;
  const open: PromptTab = tab === "versions" && diff !== undefined ? "diff" : tab;
  const number = search.v ?? (draft.value?.base || undefined) ?? prompt.latest_version?.number;
  const bodies: Record<PromptTab, ReactNode> = {
    versions: <VersionsTab prompt={prompt} draft={draft} />,
    diff: <DiffTab prompt={prompt} from={diff ?? 1} />,
    golden: <GoldenTab prompt={prompt} />,
    runs: <RunsTab prompt={prompt} />,
    experiments: <ExperimentsTab prompt={prompt} />,
    use: <UseItTab prompt={prompt} />,
  };
  return (
    <>
      <PromptHead prompt={prompt} number={number} isEdited={draft.isDirty && open === "versions"} />
      <PromptTabs prompt={prompt} open={open} number={number}>
        <Suspense fallback={<Waiting />}>{bodies[open]}</Suspense>
      </PromptTabs>
      <Suspense>
        {promote !== undefined && mayWrite && number !== undefined && (
          <PromoteSheet
            prompt={prompt}
            number={number}
            label={promote}
            onLabel={(label) => go({ promote: label }, true)}
            onClose={() => go({ promote: undefined }, true)}
          />
        )}
      </Suspense>
    </>
  );
}

export function PromptPage() {
  const { _splat: name = "" } = useParams({ from: "/shell/prompts/$" });
  const { search } = usePlace();
  const query = useQuery(promptOptions(name));
  const { data: prompt, error } = query;
  if (error?.status === 404) {
    return (
      <>
        <PageHeader title={name} tab="Not found" />
        <div className="panel">
          <EmptyState title={`There is no prompt called ${name}`} actions={<ButtonLink to="/prompts">All prompts</ButtonLink>}>
            It may have been erased, or the name is misspelt. A renamed prompt is found under its old name too.
          </EmptyState>
        </div>
      </>
    );
  }
  if (!prompt) {
    return (
      <>
        <PageHeader title={name} />
        {error ? (
          <div className="panel">
            <ErrorPanel what="The prompt could not be loaded." error={error} onRetry={() => void query.refetch()} />
          </div>
        ) : (
          <Waiting />
        )}
      </>
    );
  }
  if (prompt.name !== name) return <Navigate to="/prompts/$" params={{ _splat: prompt.name }} search={search} replace />;
  return (
    <>
      {error && <StaleBadge since={query.dataUpdatedAt} onRetry={() => void query.refetch()} />}
      <PromptView key={prompt.id} prompt={prompt} />
    </>
  );
}
