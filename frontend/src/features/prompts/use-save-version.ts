import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ApiError, Schemas } from "@/services/http";
import { PROMPTS_KEY, type Prompt, type Version, createVersion } from "./api";
import type { Content } from "./content";

/** A version that was saved while this one was written. */
export interface Meanwhile {
  id: string;
  number: number;
}

export function meanwhileIn(error: ApiError | null): Meanwhile | null {
  if (error?.status !== 412) return null;
  const { number, version_id } = error.body;
  return typeof number === "number" && typeof version_id === "string" ? { id: version_id, number } : null;
}

/** The number of the version that already says this. */
export function sameAs(error: ApiError | null): number | null {
  const number = error?.code === "same_content" ? error.body.number : null;
  return typeof number === "number" ? number : null;
}

function bodyOf(content: Content, message: string, parent: number): Schemas["VersionCreate"] {
  const { template, messages, ...rest } = content;
  return { ...rest, ...(messages ? { messages } : { template: template ?? "" }), message, parent_version: parent };
}

export function useSaveVersion(prompt: Prompt, onSaved: (version: Version) => Promise<void> | void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ content, message, parent }: { content: Content; message: string; parent: number }) =>
      createVersion({ id: prompt.id, body: bodyOf(content, message, parent) }),
    onSuccess: async (version) => {
      await client.invalidateQueries({ queryKey: PROMPTS_KEY });
      await onSaved(version);
    },
    onError: async (error) => {
      if (error.status === 412) await client.invalidateQueries({ queryKey: PROMPTS_KEY });
    },
  });
}
