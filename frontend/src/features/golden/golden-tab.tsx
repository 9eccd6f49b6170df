import type { Schemas } from "@/services/http";

export function GoldenTab({ prompt }: { prompt: Schemas["PromptRead"] }) {
  return <p>{prompt.name}</p>;
}
