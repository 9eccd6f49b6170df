import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { placeClaims } from "@/components/claims/claim-spans";
import { ClaimList } from "@/components/claims/claim-list";
import { ClaimText } from "@/components/claims/claim-text";
import { QueryStates } from "@/components/layout/states";
import { LongText } from "@/components/long-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { count, decimal, duration, moment, money } from "@/lib/format";
import { type Run, runOptions, versionOptions } from "./api";
import { ownRuns } from "./own-runs";
import { type Column, type PlaygroundState, SCRATCH, columnOf } from "./state";
import { asTyped } from "./variables";

export interface Opened {
  column: Column;
  variables: PlaygroundState["variables"];
}

const rawText = (text: string): string => (/\{[{%#]/.test(text) ? `{% raw %}${text}{% endraw %}` : text);

/** A run as a column: exactly, where this browser ran it; by its version; else by the text that was sent. */
function useOpened() {
  const client = useQueryClient();
  return async (run: Run): Promise<Opened> => {
    const own = ownRuns().find((one) => one.id === run.id);
    if (own) return { column: own.column, variables: own.variables };
    const variables = Object.fromEntries(Object.entries(run.variables).map(([name, value]) => [name, asTyped(value)]));
    const parameters = run.parameters as Column["content"]["parameters"];
    if (run.prompt_id && run.version_id) {
      const version = await client.fetchQuery(versionOptions(run.prompt_id, run.version_id));
      const column = columnOf("", version, run.prompt_name ?? "");
      return { column: { ...column, content: { ...column.content, model: run.model, parameters } }, variables };
    }
    const content = { ...SCRATCH, template: rawText(run.rendered_prompt ?? ""), model: run.model, parameters };
    return { column: { id: "", source: null, content }, variables: {} };
  };
}

function Facts({ run }: { run: Run }) {
  const claims = placeClaims(run.output ?? "", run.scores.flatMap((score) => score.claims));
  return (
    <>
      <section className="sheet__section">
        <h3>Output</h3>
        {run.error && <Notice kind="error">{run.error}</Notice>}
        {run.output && (
          <div className="output">
            <ClaimText text={run.output} claims={claims} />
          </div>
        )}
        {run.scores.map((score) => (
          <p key={score.evaluator} className="small t2">
            <b>{score.value === null ? score.state.replaceAll("_", " ") : decimal(score.value)}</b> {score.evaluator}: <bdi>{score.reason}</bdi>
          </p>
        ))}
        {claims.length > 0 && <ClaimList claims={claims} />}
      </section>
      <section className="sheet__section">
        <h3>What was sent</h3>
        <div className="output output--base">
          <LongText text={run.rendered_prompt ?? ""} className="mono" />
        </div>
      </section>
      <section className="sheet__section">
        <dl className="kv">
          <dt>When</dt>
          <dd>
            {moment(run.created_at)}, by {run.created_by}
          </dd>
          <dt>Model</dt>
          <dd>{run.model}</dd>
          <dt>Latency</dt>
          <dd>{run.latency_ms === null ? "not known" : duration(run.latency_ms)}</dd>
          <dt>Tokens</dt>
          <dd>{run.tokens_in === null ? "not known" : `${count(run.tokens_in)} → ${count(run.tokens_out ?? 0)}`}</dd>
          <dt>Cost</dt>
          <dd>{money(run.cost_usd)}</dd>
        </dl>
      </section>
    </>
  );
}

interface RunSheetProps {
  id: string;
  /** Whether there is room for one more column. */
  hasRoom: boolean;
  onOpen: (opened: Opened) => void;
  onClose: () => void;
}

export function RunSheet({ id, hasRoom, onOpen, onClose }: RunSheetProps) {
  const run = useQuery(runOptions(id));
  const opened = useOpened();
  const open = useMutation({ mutationFn: opened, onSuccess: onOpen });
  return (
    <Dialog
      title="Run"
      shape="sheet"
      onClose={onClose}
      foot={
        <>
          {open.error && <span className="small">{open.error.detail}</span>}
          {!hasRoom && <span className="small t2">Close a column to open this run in one.</span>}
          <Button kind="primary" className="push" disabled={!hasRoom || !run.data} busy={open.isPending} onClick={() => run.data && open.mutate(run.data)}>
            Open in a column
          </Button>
        </>
      }
    >
      <QueryStates query={run} failed="The run could not be loaded.">
        {(data) => <Facts run={data} />}
      </QueryStates>
    </Dialog>
  );
}
