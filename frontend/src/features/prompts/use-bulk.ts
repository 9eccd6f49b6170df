import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/format";
import type { ApiError, Schemas } from "@/services/http";
import { PROMPTS_KEY, type Prompt, patchPrompt } from "./api";

interface BulkChange {
  prompts: readonly Prompt[];
  body: (prompt: Prompt) => Schemas["PromptPatch"];
  /** The way back. */
  back: (prompt: Prompt) => Schemas["PromptPatch"];
  /** "Archived", "Tagged" */
  done: string;
}

/** One after the other: a refusal of one leaves the others changed, and says which. */
async function each(prompts: readonly Prompt[], body: BulkChange["body"]) {
  const changed: Prompt[] = [];
  const refused: string[] = [];
  for (const prompt of prompts) {
    try {
      await patchPrompt({ id: prompt.id, body: body(prompt) });
      changed.push(prompt);
    } catch (error) {
      refused.push(`${prompt.name}: ${(error as ApiError).detail}`);
    }
  }
  return { changed, refused };
}

export function useBulk(onDone: () => void) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: PROMPTS_KEY });
  return useMutation({
    mutationFn: ({ prompts, body }: BulkChange) => each(prompts, body),
    onSuccess: async ({ changed, refused }, { back, done }) => {
      const undo = async () => {
        const undone = await each(changed, back);
        if (undone.refused.length > 0) toast(`Not undone: ${undone.refused.join(" ")}`);
        await refresh();
      };
      if (changed.length > 0) toast(`${done} ${plural(changed.length, "prompt")}.`, () => void undo());
      if (refused.length === 0) onDone();
      await refresh();
    },
  });
}
