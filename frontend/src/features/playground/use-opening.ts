import { useQuery } from "@tanstack/react-query";
import { servedOptions } from "@/features/prompts/api";
import { ApiError } from "@/services/http";
import { exampleOptions, keptStateOptions } from "./api";
import { isState } from "./read-state";
import { BLANK, type PlaygroundState, columnOf } from "./state";
import { filledFrom } from "./use-examples";

export interface Opening {
  stateId: string | undefined;
  prompt: string | undefined;
  v: number | undefined;
  example: string | undefined;
}

interface Opened {
  /** Under which what is changed afterwards is kept. */
  draftKey: string;
  saved: PlaygroundState | null;
  error: ApiError | null;
  retry: () => void;
}

const DAMAGED = new ApiError(422, "unreadable_state", "This link cannot be read", "What is kept under this link was not made by the playground, or by a newer one.");

/** What the playground begins with: what a link kept, a version of the library, or nothing. */
export function useOpening({ stateId, prompt, v, example }: Opening): Opened {
  const kept = useQuery({ ...keptStateOptions(stateId ?? ""), enabled: stateId !== undefined });
  const version = v === undefined ? "latest" : String(v);
  const served = useQuery({ ...servedOptions(prompt ?? "", version), enabled: stateId === undefined && prompt !== undefined });
  const promptId = served.data?.prompt_id;
  const filling = useQuery({ ...exampleOptions(promptId ?? "", example ?? ""), enabled: promptId !== undefined && example !== undefined });

  if (stateId !== undefined) {
    const isReadable = isState(kept.data);
    const error = kept.error ?? (kept.data !== undefined && !isReadable ? DAMAGED : null);
    return { draftKey: `playground.s.${stateId}`, saved: isState(kept.data) ? kept.data : null, error, retry: () => void kept.refetch() };
  }
  if (prompt === undefined) return { draftKey: "playground", saved: BLANK, error: null, retry: () => undefined };
  const draftKey = ["playground.of", prompt, version, ...(example ? [example] : [])].join(" ");
  const error = served.error ?? filling.error;
  const retry = () => void (served.error ? served.refetch() : filling.refetch());
  if (!served.data || (example !== undefined && !filling.data)) return { draftKey, saved: null, error, retry };
  const bare = { ...BLANK, columns: [columnOf("1", served.data, served.data.name)] };
  return { draftKey, saved: filling.data ? filledFrom(bare, filling.data, null, null) : bare, error: null, retry };
}
