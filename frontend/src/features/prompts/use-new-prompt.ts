import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/format";
import { ApiError } from "@/services/http";
import { PROMPTS_KEY, createExample, createPrompt } from "./api";
import type { Content } from "./content";
import type { StarterExample } from "./starters";

export interface NewPrompt {
  name: string;
  description?: string;
  tags: string[];
  content: Partial<Content> | null;
  examples?: readonly StarterExample[];
}

const NO_EXAMPLE = { tags: [], split: "test", weight: 1, critical: false };

/** The prompt first, then its examples; the prompt is there even if an example is refused. */
async function make({ name, description, tags, content, examples = [] }: NewPrompt) {
  const told = Object.fromEntries(Object.entries(content ?? {}).filter(([, value]) => value !== null && value !== undefined));
  const prompt = await createPrompt({ name, tags, ...(description && { description }), ...told });
  const refused: string[] = [];
  for (const example of examples) {
    try {
      await createExample({ id: prompt.id, body: { ...NO_EXAMPLE, ...example } });
    } catch (error) {
      refused.push(error instanceof ApiError ? error.detail : String(error));
    }
  }
  return { prompt, refused };
}

/** `onMade` runs before the new prompt's page opens. */
export function useNewPrompt(onMade: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: make,
    onSuccess: async ({ prompt, refused }, { examples = [] }) => {
      onMade();
      const made = examples.length - refused.length;
      toast(`Created ${prompt.name}${made > 0 ? ` with ${plural(made, "example")}` : ""}.`);
      if (refused.length > 0) toast(`${plural(refused.length, "example")} could not be added: ${refused[0]}`);
      await client.invalidateQueries({ queryKey: PROMPTS_KEY });
      await navigate({ to: "/prompts/$", params: { _splat: prompt.name } });
    },
  });
}
