import { useQuery } from "@tanstack/react-query";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Time } from "@/components/ui/time";
import { estimateOf } from "@/features/judges/estimate";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { ScoreValue } from "@/features/verdicts/score-value";
import { count, percent } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { REASONS } from "./answer";
import { type Reason, standingOptions } from "./api";
import { SampleForm } from "./sample-outputs";

const ORDER: readonly Reason[] = ["regression", "judges_disagree", "judge_unsure", "random"];

function ByReason({ byReason }: { byReason: Schemas["ByReason"] }) {
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label="Why they wait, scrolls sideways">
      <table className="table">
        <caption className="sr">Outputs that wait, by reason</caption>
        <thead>
          <tr>
            <th scope="col">Why it waits</th>
            <th scope="col" className="num">
              Outputs
            </th>
          </tr>
        </thead>
        <tbody>
          {ORDER.map((reason) => (
            <tr key={reason}>
              <td>{REASONS[reason]}</td>
              <td className="num">{count(byReason[reason])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The tab: what waits and why, how far judge and people agree, and how to fill the queue. */
export function QueueStanding() {
  const standing = useQuery(standingOptions);
  const mayReview = useMay("review");
  return (
    <div className="two">
      <Panel
        title="Review queue"
        beside={standing.data && <span className="n">{count(standing.data.total)}</span>}
        foot="Most outputs here were picked as doubtful: agreement in the queue says nothing of the judge on other outputs."
        flush
      >
        <QueryStates query={standing} failed="The review queue could not be loaded.">
          {(queue) => (
            <>
              {queue.total === 0 ? (
                <EmptyState title="Nothing to review">
                  Outputs the judge was unsure of, or on which judges disagree, wait here for a person. Sample some at random to measure the judge.
                </EmptyState>
              ) : (
                <ByReason byReason={queue.by_reason} />
              )}
              <dl className="kv panel__body">
                <dt>Oldest</dt>
                <dd>{queue.oldest_at ? <Time at={queue.oldest_at} /> : "none waits"}</dd>
                <dt>Done today</dt>
                <dd>{count(queue.done_today)} by everybody</dd>
                <dt>People agree with the judge</dt>
                <dd>
                  <ScoreValue estimate={estimateOf(queue.agreement)} format={percent} missing="no answers in 30 days" />
                </dd>
                <dt>Two people agree</dt>
                <dd>
                  <ScoreValue estimate={estimateOf(queue.between_people)} format={percent} missing="nothing was answered twice" />
                </dd>
              </dl>
            </>
          )}
        </QueryStates>
      </Panel>
      <Panel title="Fill the queue">
        {mayReview ? (
          <div className="stack">
            <SampleForm />
            <p className="small t2">Then one output after the other, by keyboard, with the judge hidden until you have answered.</p>
          </div>
        ) : (
          <MayNot who="a moderator, an editor or an admin" to="review outputs" />
        )}
      </Panel>
    </div>
  );
}
