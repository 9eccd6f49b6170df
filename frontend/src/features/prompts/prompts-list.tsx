import { useInfiniteQuery } from "@tanstack/react-query";
import { EmptyState, ErrorPanel, Skeleton, StaleBadge } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useLoadDemo } from "@/features/session/use-load-demo";
import { useMay } from "@/features/session/use-may";
import { type PromptFilters, promptsOptions } from "./api";
import { PromptsBar } from "./prompts-bar";
import { isFiltered, waysTo } from "./prompts-filters";
import { PromptsTable } from "./prompts-table";

function FirstPrompt({ onNew }: { onNew: () => void }) {
  const mayWrite = useMay("write");
  const demo = useLoadDemo();
  return (
    <div className="panel">
      <EmptyState
        title="No prompts yet"
        command="llmops demo"
        actions={
          mayWrite && (
            <>
              <Button kind="primary" onClick={onNew}>
                New prompt
              </Button>
              <Button busy={demo.isPending} onClick={() => demo.mutate()}>
                Load demo data
              </Button>
            </>
          )
        }
      >
        A prompt is a text with versions; its golden examples say whether a new version got worse.
      </EmptyState>
      {demo.isError && (
        <div className="panel__body">
          <Notice kind="error">{demo.error.detail || demo.error.title}</Notice>
        </div>
      )}
    </div>
  );
}

interface PromptsListProps {
  filters: PromptFilters;
  onFilter: (next: PromptFilters, typing?: boolean) => void;
  onNew: () => void;
}

export function PromptsList({ filters, onFilter, onNew }: PromptsListProps) {
  const query = useInfiniteQuery(promptsOptions(filters));
  const prompts = query.data?.pages.flatMap((page) => page.items) ?? [];
  const folder = filters.folder ?? "";
  if (query.data && prompts.length === 0 && !isFiltered(filters) && !filters.archived) return <FirstPrompt onNew={onNew} />;
  return (
    <>
      <PromptsBar filters={filters} prompts={prompts} onFilter={onFilter} />
      {folder && (
        <nav className="crumbs small" aria-label="Folder">
          <button type="button" className="chip" onClick={() => onFilter({ ...filters, folder: undefined })}>
            All prompts
          </button>
          {waysTo(folder).map((way) => (
            <button
              key={way.folder}
              type="button"
              className="chip"
              aria-current={way.folder === folder || undefined}
              onClick={() => onFilter({ ...filters, folder: way.folder })}
            >
              {way.name}/
            </button>
          ))}
        </nav>
      )}
      {query.error && query.data && <StaleBadge since={query.dataUpdatedAt} onRetry={() => void query.refetch()} />}
      {query.error && !query.data && (
        <div className="panel">
          <ErrorPanel what="The prompts could not be loaded." error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && (
        <div className="panel">
          <Skeleton rows={8} label="Loading the prompts" />
        </div>
      )}
      {query.data && prompts.length === 0 && (
        <div className="panel">
          <EmptyState title={filters.archived && !isFiltered(filters) ? "Nothing is archived" : "No prompt matches"} actions={<Button onClick={() => onFilter({})}>Clear filters</Button>}>
            {filters.archived ? "Archived prompts stay here and can be restored." : "The search looks in names, descriptions, tags and the newest text."}
          </EmptyState>
        </div>
      )}
      {prompts.length > 0 && (
        <PromptsTable
          key={filters.archived ? "archived" : "current"}
          prompts={prompts}
          total={query.data?.pages[0]?.total ?? prompts.length}
          folder={folder}
          archived={filters.archived === true}
          isStale={query.isPlaceholderData}
          more={query.hasNextPage ? { isLoading: query.isFetchingNextPage, load: () => void query.fetchNextPage() } : null}
        />
      )}
    </>
  );
}
