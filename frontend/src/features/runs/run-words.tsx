import { Ban, Check, Clock, LoaderCircle, TriangleAlert } from "lucide-react";
import type { RunSource, RunStatus } from "./api";

const STATES: Record<RunStatus, { word: string; Icon: typeof Check }> = {
  completed: { word: "done", Icon: Check },
  failed: { word: "failed", Icon: TriangleAlert },
  running: { word: "running", Icon: LoaderCircle },
  pending: { word: "queued", Icon: Clock },
  cancelled: { word: "cancelled", Icon: Ban },
};

export const statusWord = (status: RunStatus): string => STATES[status].word;

const SOURCE_WORDS: Record<RunSource, string> = { run: "API", playground: "playground", query: "query", gateway: "gateway" };

export const sourceWord = (source: RunSource): string => SOURCE_WORDS[source];

interface RunStateProps {
  status: RunStatus;
  /** Why it failed. */
  cause?: string | null;
}

export function RunState({ status, cause }: RunStateProps) {
  const { word, Icon } = STATES[status];
  return (
    <span className="row">
      <Icon className="icon" aria-hidden="true" />
      <span className={status === "completed" ? "t2" : undefined}>
        {word}
        {cause && `: ${cause}`}
      </span>
    </span>
  );
}
