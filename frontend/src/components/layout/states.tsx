import type { UseQueryResult } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { ago } from "@/lib/format";

const SHOW_AFTER_MS = 150;

/** Rows of the final height; drawn only after 150 ms, so that a quick answer does not flicker. */
export function Skeleton({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeletons" role="status" aria-busy="true" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeletons__row">
          {isShown && <span className={`skeleton skeleton--${row % 3}`} />}
        </div>
      ))}
    </div>
  );
}

interface EmptyStateProps {
  title: string;
  /** One sentence on what it is for. */
  children: ReactNode;
  actions?: ReactNode;
  /** The same on the command line. */
  command?: string;
}

export function EmptyState({ title, children, actions, command }: EmptyStateProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {actions && <div className="row wrap">{actions}</div>}
      {command && (
        <p className="small">
          or <code>{command}</code>
        </p>
      )}
    </div>
  );
}

/** What any thrown value has to say; an error of the API also has a title and a request to quote. */
interface Failure {
  message: string;
  title?: string;
  detail?: string;
  requestId?: string | null;
}

interface ErrorPanelProps {
  /** What could not be done: "The experiments could not be loaded." */
  what: string;
  error: Failure;
  onRetry?: () => void;
}

export function ErrorPanel({ what, error, onRetry }: ErrorPanelProps) {
  return (
    <div className="stack panel__body">
      <Notice
        kind="error"
        action={
          onRetry && (
            <Button small onClick={onRetry}>
              Retry
            </Button>
          )
        }
      >
        <b>{what}</b> {error.detail || error.message}
      </Notice>
      {error.requestId && (
        <p className="small t3 row">
          Request <code>{error.requestId}</code>
          <CopyButton text={error.requestId} label="Copy request id" />
        </p>
      )}
    </div>
  );
}

/** Old figures stay on the page and say how old they are. */
export function StaleBadge({ since, onRetry }: { since: number; onRetry: () => void }) {
  return (
    <Notice
      kind="warn"
      action={
        <Button small onClick={onRetry}>
          <RefreshCw className="icon" aria-hidden="true" />
          Try now
        </Button>
      }
    >
      These figures are from {ago(new Date(since).toISOString())}; the server does not answer.
    </Notice>
  );
}

interface QueryStatesProps<T> {
  query: UseQueryResult<T, Error>;
  /** What could not be loaded, as a sentence. */
  failed: string;
  rows?: number;
  /** Instead of the skeleton of rows. */
  loading?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Loading, failed, stale or there: the frame of everything that comes from the server. */
export function QueryStates<T>({ query, failed, rows = 6, loading, children }: QueryStatesProps<T>) {
  const retry = () => void query.refetch();
  if (query.data === undefined) {
    if (query.error) return <ErrorPanel what={failed} error={query.error} onRetry={retry} />;
    return loading ?? <Skeleton rows={rows} />;
  }
  return (
    <>
      {query.error && <StaleBadge since={query.dataUpdatedAt} onRetry={retry} />}
      {children(query.data)}
    </>
  );
}
