import { Ban, Check, Clock, TriangleAlert } from "lucide-react";
import { clsx } from "clsx";
import { type CaseState, STATE_WORDS } from "./words";

interface CaseStateMarkProps {
  /** Null: not run yet. */
  state: CaseState | null;
  /** Whether it still can run. */
  open: boolean;
}

export function CaseStateMark({ state, open }: CaseStateMarkProps) {
  const isUnrun = state === "cancelled" || state === "budget_skipped";
  const Icon = state === null ? Clock : state === "scored" ? Check : isUnrun ? Ban : TriangleAlert;
  const isFailed = state !== null && state !== "scored" && !isUnrun;
  return (
    <span className={clsx("row nowrap small", isFailed ? "delta--worse" : "t2")}>
      <Icon className="icon" aria-hidden="true" />
      {state === null ? (open ? "waiting" : "not run") : STATE_WORDS[state]}
    </span>
  );
}
