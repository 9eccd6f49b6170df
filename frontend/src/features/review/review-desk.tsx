import { useQuery } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import { Kbd } from "@/components/ui/kbd";
import { Notice } from "@/components/ui/notice";
import { useShortcuts } from "@/lib/shortcuts";
import { QUESTIONS, askedOf } from "./answer";
import { standingOptions } from "./api";
import { DoneTable, JudgeSaid } from "./review-done";
import { ReviewForm } from "./review-form";
import { ReviewItemView } from "./review-item";
import { SampleOutcome, useSample } from "./sample-outputs";
import { type Lease, useLease } from "./use-lease";
import { type ReviewDesk as Desk, useReviewDesk } from "./use-review-desk";

const SIDE = { "--side": "460px" } as CSSProperties;

const LEASE_WORDS: Readonly<Record<Exclude<Lease, "held">, string>> = {
  again: "Your ten minutes on this item were over. It is held for you again; what you chose is kept.",
  lost: "Your ten minutes on this item are over and somebody else may have it. What you chose is kept; it counts unless they answer first.",
};

function Progress({ done, waiting }: { done: number; waiting: number }) {
  const all = done + waiting;
  const share = all === 0 ? 0 : (100 * done) / all;
  return (
    <div className="progress" role="progressbar" aria-label="Items reviewed in this sitting" aria-valuenow={done} aria-valuemin={0} aria-valuemax={all}>
      <i className="done" style={{ width: `${share}%` }} />
    </div>
  );
}

function Nothing({ desk }: { desk: Desk }) {
  const sample = useSample();
  return (
    <div className="panel">
      <EmptyState
        title={desk.done.length > 0 ? "That was the last one" : "Nothing to review"}
        actions={
          <>
            <Button kind="primary" busy={sample.isPending} onClick={() => sample.mutate(null)}>
              Sample 20 random outputs
            </Button>
            {desk.done.length > 0 && (
              <Button aria-keyshortcuts="u" disabled={desk.isBusy} onClick={desk.undo}>
                Undo last <Kbd>u</Kbd>
              </Button>
            )}
            <ButtonLink to="/evaluations" search={{ tab: "queue" }}>
              See the queue
            </ButtonLink>
          </>
        }
      >
        Nothing waits for you. Labels of outputs drawn at random say how far the judge can be believed.
      </EmptyState>
      <div className="panel__body stack">
        <SampleOutcome sample={sample} />
        {desk.error && <Notice kind="error">{desk.error.detail || desk.error.message}</Notice>}
      </div>
    </div>
  );
}

/** The whole of reviewing, without a mouse if one likes. */
export function ReviewDesk() {
  const desk = useReviewDesk();
  const { item, done } = desk;
  const lease = useLease(item);
  const standing = useQuery(standingOptions);
  useShortcuts({ u: desk.undo });
  const waiting = standing.data?.total ?? desk.desk.data?.remaining ?? 0;
  return (
    <>
      <p className="sr" role="status" aria-label="Item on the desk">
        {item && `${QUESTIONS[item.question]} ${askedOf(item.input_data).title}. ${waiting} wait.`}
      </p>
      <div className="stack review__head">
        <Progress done={done.length} waiting={waiting} />
        <JudgeSaid last={done.at(-1)} />
        <div role="status" aria-label="Your time on the item">
          {lease !== "held" && <Notice kind="warn">{LEASE_WORDS[lease]}</Notice>}
        </div>
      </div>
      <QueryStates query={desk.desk} failed="The next item could not be loaded." rows={10}>
        {({ item: current }) =>
          current ? (
            <div className="with-side" style={SIDE}>
              <ReviewItemView key={`item ${current.id}`} item={current} takesFocus={done.length > 0} />
              <ReviewForm key={`form ${current.id}`} item={current} desk={desk} />
            </div>
          ) : (
            <Nothing desk={desk} />
          )
        }
      </QueryStates>
      <DoneTable done={done} />
    </>
  );
}
