import { useQuery } from "@tanstack/react-query";
import { BookmarkPlus, Play, X } from "lucide-react";
import { useId, useState } from "react";
import { ClaimText } from "@/components/claims/claim-text";
import { placeClaims } from "@/components/claims/claim-spans";
import { JsonView } from "@/components/json-view";
import { QueryStates } from "@/components/layout/states";
import { LongText } from "@/components/long-text";
import { Button, IconButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Kbd } from "@/components/ui/kbd";
import { ButtonLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { useMay } from "@/features/session/use-may";
import { count, duration, moment } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";
import { AddExample } from "./add-example";
import { type RunDetail, runOptions } from "./api";
import { Cost } from "./run-columns";
import { RunScores } from "./run-scores";
import { RunState, sourceWord } from "./run-words";

interface RunDrawerProps {
  runId: string;
  promptId: string;
  onClose: () => void;
}

/** One run: what was sent, what came back, what it was worth. */
export function RunDrawer({ runId, promptId, onClose }: RunDrawerProps) {
  const heading = useId();
  const run = useQuery(runOptions(runId));
  return (
    <aside className="inspector" aria-labelledby={heading}>
      <div className="inspector__head">
        <h2 id={heading}>Run</h2>
        <code className="small t3 cut">{runId}</code>
        <span className="push row">
          <CopyButton text={runId} label="Copy run id" />
          <IconButton label="Close run" kind="quiet" small onClick={onClose}>
            <X className="icon" aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <QueryStates query={run} failed="The run could not be loaded." rows={8}>
        {(found) => <RunBody run={found} promptId={promptId} />}
      </QueryStates>
    </aside>
  );
}

function RunBody({ run, promptId }: { run: RunDetail; promptId: string }) {
  const mayWrite = useMay("write");
  const [isAdding, setAdding] = useState(false);
  useShortcuts({ e: () => setAdding(true) }, mayWrite);
  const claims = run.scores.find((score) => score.claims.length > 0)?.claims ?? [];
  return (
    <>
      <section className="inspector__section">
        <Facts run={run} />
        {run.error && (
          <Notice kind="error">
            <b>{run.error_code?.replaceAll("_", " ") ?? "Failed"}.</b> <bdi>{run.error}</bdi>
          </Notice>
        )}
      </section>
      <section className="inspector__section">
        <h3>Output</h3>
        {run.output === null ? (
          <p className="t3">No output{run.status === "failed" ? ": the run failed" : " yet"}.</p>
        ) : (
          <div className="output">
            <ClaimText text={run.output} claims={placeClaims(run.output, claims)} limit={4_000} />
          </div>
        )}
      </section>
      {run.scores.length > 0 && <RunScores scores={run.scores} output={run.output ?? ""} />}
      <section className="inspector__section">
        <h3>Variables</h3>
        <JsonView value={run.variables} label="Variables" />
      </section>
      <section className="inspector__section">
        <h3>Prompt as sent</h3>
        {run.rendered_prompt === null ? <p className="t3">It was not rendered.</p> : <LongText text={run.rendered_prompt} className="output output--base" />}
      </section>
      <section className="inspector__section">
        <h3>Parameters</h3>
        {Object.keys(run.parameters).length === 0 ? <p className="t3">None is set; the model's own defaults count.</p> : <JsonView value={run.parameters} label="Parameters" />}
      </section>
      <div className="inspector__foot">
        <ButtonLink to="/playground" search={{ run: run.id }}>
          <Play className="icon" aria-hidden="true" />
          Open in playground
        </ButtonLink>
        {mayWrite && (
          <Button aria-keyshortcuts="e" onClick={() => setAdding(true)}>
            <BookmarkPlus className="icon" aria-hidden="true" />
            Add as golden example <Kbd>e</Kbd>
          </Button>
        )}
      </div>
      {isAdding && <AddExample run={run} promptId={promptId} onClose={() => setAdding(false)} />}
    </>
  );
}

function Facts({ run }: { run: RunDetail }) {
  return (
    <dl className="kv">
      <dt>Status</dt>
      <dd>
        <RunState status={run.status} />
      </dd>
      <dt>When</dt>
      <dd>
        {moment(run.created_at)}, {sourceWord(run.source)} by <bdi>{run.created_by}</bdi>
      </dd>
      <dt>Version</dt>
      <dd>
        {run.version_number === null ? "none" : `v${run.version_number}`} on {run.model}
      </dd>
      {run.latency_ms !== null && (
        <>
          <dt>Latency</dt>
          <dd>{duration(run.latency_ms)}</dd>
        </>
      )}
      {run.tokens_in !== null && run.tokens_out !== null && (
        <>
          <dt>Tokens</dt>
          <dd>
            {count(run.tokens_in)} in, {count(run.tokens_out)} out
          </dd>
        </>
      )}
      <dt>Cost</dt>
      <dd>
        <Cost run={run} />
      </dd>
    </dl>
  );
}
