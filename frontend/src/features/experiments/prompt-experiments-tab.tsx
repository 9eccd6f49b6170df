import type { Schemas } from "@/services/http";

export function PromptExperimentsTab({ prompt }: { prompt: Schemas["PromptRead"] }) {
  return <p>{prompt.name}</p>;
}
