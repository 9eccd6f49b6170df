import { useQuery } from "@tanstack/react-query";
import { count, duration, money } from "@/lib/format";
import { runOptions } from "./api";
import type { Turn } from "./turn";

/** What the answer took. The cost is the one the server recorded, with what the judge took. */
export function TurnFoot({ turn }: { turn: Turn | undefined }) {
  const isOver = turn?.state === "done" || turn?.state === "failed";
  const run = useQuery({ ...runOptions(turn?.runId ?? ""), enabled: isOver && turn.runId !== null });
  if (!turn || turn.tokensIn === null) return null;
  return (
    <>
      {turn.firstTokenMs !== null && <span>first token {duration(turn.firstTokenMs)}</span>}
      {turn.latencyMs !== null && <span>{duration(turn.latencyMs)}</span>}
      <span>
        <span className="sr">Tokens: </span>
        {count(turn.tokensIn)} → {count(turn.tokensOut ?? 0)} tokens
      </span>
      {run.data && <span>{money(run.data.cost_usd)}</span>}
    </>
  );
}
