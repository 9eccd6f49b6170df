import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import { CopyButton } from "@/components/ui/copy-button";
import { modKey } from "@/lib/shortcuts";
import { ApiError } from "@/services/http";

export function NotFound() {
  return (
    <div className="page page--bare">
      <title>Not found · llmops</title>
      <h1>There is nothing at this address</h1>
      <p className="t2">It may have been renamed or removed. Search for it with {modKey}K, or start from the list.</p>
      <div className="row wrap">
        <ButtonLink to="/prompts" kind="primary">
          All prompts
        </ButtonLink>
        <Link to="/">Dashboard</Link>
      </div>
    </div>
  );
}

const TITLES: Readonly<Record<number, string>> = {
  0: "No connection to the server",
  403: "Your role may not see this",
  404: "There is nothing at this address",
  503: "The server is not ready",
};

/** The last resort of a page: what happened, the way on, and an id to quote. */
export function Failed({ error }: ErrorComponentProps) {
  const router = useRouter();
  const problem = error instanceof ApiError ? error : null;
  const title = (problem && TITLES[problem.status]) ?? "This page could not be shown";
  return (
    <div className="page page--bare" role="alert">
      <title>{`${title} · llmops`}</title>
      <h1>{title}</h1>
      <p className="t2">{problem ? problem.detail : "The fault is in the page itself, not in your data. Reload it; if it stays, report it."}</p>
      {!problem && <pre className="small t3">{error instanceof Error ? error.message : String(error)}</pre>}
      <div className="row wrap">
        <Button kind="primary" onClick={() => void router.invalidate()}>
          Try again
        </Button>
        <Link to="/">Dashboard</Link>
      </div>
      {problem?.requestId && (
        <p className="small t3 row">
          Request <code>{problem.requestId}</code>
          <CopyButton text={problem.requestId} label="Copy request id" />
        </p>
      )}
    </div>
  );
}
