import { Square } from "lucide-react";
import { useMemo } from "react";
import { placeClaims } from "@/components/claims/claim-spans";
import { ClaimText } from "@/components/claims/claim-text";
import { tokenEstimate } from "@/components/editor/template-lint";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { plural } from "@/lib/format";
import { ScoreRows } from "./score-rows";
import { Spoken } from "./spoken";
import { type Turn, type TurnError, isRunning } from "./turn";
import type { TurnBoard, Turns } from "./turn-board";

interface FailureProps {
  error: TurnError;
  /** Some of the answer had come before. */
  isCut: boolean;
  onRetry: () => void;
}

/** The words of the server, or of the provider behind it. */
function Failure({ error, isCut, onRetry }: FailureProps) {
  const others = error.errors.map((one) => one.detail).filter((detail) => detail !== error.detail);
  return (
    <Notice kind="error" action={<Button small onClick={onRetry}>Retry</Button>}>
      {isCut && <b>The answer was cut off here. </b>}
      {error.title && error.title !== error.detail && <b>{error.title} </b>}
      <bdi>{[error.detail, ...others].join(" ")}</bdi>
      {error.requestId && (
        <span className="row small t3">
          Request <code>{error.requestId}</code>
          <CopyButton text={error.requestId} label="Copy request id" />
        </span>
      )}
    </Notice>
  );
}

function Progress({ turn, onStop, letter }: { turn: Turn; onStop: () => void; letter: string }) {
  const tokens = plural(tokenEstimate(turn.text), "token");
  const said = turn.state === "waiting" ? "waiting for the first token" : turn.state === "judging" ? "judging the answer" : `writing, about ${tokens} so far`;
  return (
    <div className="row wrap">
      <span className="live-dot" aria-hidden="true" />
      <span className="small t2">{said}</span>
      <Button small className="push" onClick={onStop}>
        <Square className="icon" aria-hidden="true" />
        Stop<span className="sr"> {letter}</span>
      </Button>
    </div>
  );
}

interface TurnViewProps {
  letter: string;
  column: string;
  turns: Turns;
  board: TurnBoard;
  context: string;
  onRun: () => void;
}

/** What a column's model answered: streaming, ended, judged, or why it did not. */
export function TurnView({ letter, column, turns: { all, shown }, board, context, onRun }: TurnViewProps) {
  const turn = all[shown];
  const judged = turn?.scores.find((score) => score.claims.length > 0);
  const claims = useMemo(() => (turn && judged ? placeClaims(turn.text, judged.claims) : []), [turn, judged]);
  const isBusy = isRunning(turn);
  const isWriting = turn?.state === "waiting" || turn?.state === "writing";
  return (
    <>
      {all.length > 1 && (
        <Segmented
          label={`Runs of ${letter}`}
          options={all.map((_, index) => ({ value: String(index), label: String(index + 1) }))}
          value={String(shown)}
          onChange={(index) => board.show(column, Number(index))}
        />
      )}
      <div className="output play__output" role="group" aria-label={`Output of ${letter}`} aria-busy={isBusy}>
        {!turn && <span className="t3">The answer stands here.</span>}
        {turn && isWriting && (
          <div className="verbatim" dir="auto">
            {turn.text}
            <span className="caret" aria-hidden="true" />
          </div>
        )}
        {turn && !isWriting && <ClaimText text={turn.text} claims={claims} />}
        {turn?.state === "done" && turn.text === "" && <span className="t3">The model answered with nothing.</span>}
      </div>
      <Spoken text={turn?.text ?? ""} isOver={!isWriting} end={turn?.state === "failed" ? `${letter} ended with an error.` : `${letter} has ended.`} />
      {turn && isBusy && <Progress turn={turn} letter={letter} onStop={() => board.stop(column)} />}
      {turn?.error && <Failure error={turn.error} isCut={turn.text !== ""} onRetry={onRun} />}
      {turn?.state === "stopped" && <p className="small t2">You stopped it. What had arrived is kept.</p>}
      {turn?.finishReason === "length" && <p className="small t2">It ended at the limit of tokens, not by itself.</p>}
      {turn && turn.scores.length > 0 && <ScoreRows turn={turn} turns={all} claims={claims} context={context} />}
    </>
  );
}
