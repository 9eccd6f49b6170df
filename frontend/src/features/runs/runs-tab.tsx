import type { Schemas } from "@/services/http";

export function RunsTab({ prompt }: { prompt: Schemas["PromptRead"] }) {
  return <p>{prompt.name}</p>;
}
