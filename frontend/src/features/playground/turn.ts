import { ApiError, type FieldError } from "@/services/http";
import type { Score } from "./api";

/** Why a turn did not end well, in the words of the server or the provider. */
export interface TurnError {
  title: string;
  detail: string;
  errors: readonly FieldError[];
  requestId: string | null;
}

export type TurnState = "waiting" | "writing" | "judging" | "done" | "stopped" | "failed";

/** One answer of a model, from the first wait to its scores. */
export interface Turn {
  state: TurnState;
  text: string;
  runId: string | null;
  model: string | null;
  tokensIn: number | null;
  tokensOut: number | null;
  firstTokenMs: number | null;
  latencyMs: number | null;
  finishReason: string | null;
  scores: readonly Score[];
  error: TurnError | null;
}

export const WAITING: Turn = {
  state: "waiting",
  text: "",
  runId: null,
  model: null,
  tokensIn: null,
  tokensOut: null,
  firstTokenMs: null,
  latencyMs: null,
  finishReason: null,
  scores: [],
  error: null,
};

export const isRunning = (turn: Turn | undefined): boolean =>
  turn?.state === "waiting" || turn?.state === "writing" || turn?.state === "judging";

interface Done {
  run_id: string;
  model: string;
  usage: { tokens_in: number; tokens_out: number };
  latency_ms: number;
  first_token_ms: number | null;
  finish_reason: string;
}

/** What an event changes; a `token` adds to the text and is not told here. */
export function changeOf(name: string, data: unknown, hasJudge: boolean): Partial<Turn> {
  if (name === "start") {
    const start = data as { run_id: string; model: string };
    return { runId: start.run_id, model: start.model };
  }
  if (name === "done") {
    const done = data as Done;
    return {
      state: hasJudge ? "judging" : "done",
      model: done.model,
      tokensIn: done.usage.tokens_in,
      tokensOut: done.usage.tokens_out,
      firstTokenMs: done.first_token_ms,
      latencyMs: done.latency_ms,
      finishReason: done.finish_reason,
    };
  }
  if (name === "scores") return { state: "done", scores: data as Score[] };
  if (name === "error") {
    const { problem } = data as { problem: { detail: string } };
    return { state: "failed", error: { title: "", detail: problem.detail, errors: [], requestId: null } };
  }
  return {};
}

const CUT: TurnError = {
  title: "The connection ended before the answer did.",
  detail: "What had arrived is kept. Run it again when the server answers.",
  errors: [],
  requestId: null,
};

export function errorOf(error: unknown): TurnError {
  if (!(error instanceof ApiError)) return CUT;
  const { title, detail, errors, requestId } = error;
  return { title, detail, errors, requestId };
}

/** The stream is over; a turn that does not know its end by now was cut off. */
export function endOf(turn: Turn): Partial<Turn> {
  if (!isRunning(turn)) return {};
  return turn.state === "judging" ? { state: "done" } : { state: "failed", error: CUT };
}
