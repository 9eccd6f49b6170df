import { type RawSearch, text, whole } from "@/lib/search-params";

export interface PlaygroundSearch {
  prompt?: string;
  v?: number;
  example?: string;
  run?: string;
}

export function playgroundSearch(raw: RawSearch): PlaygroundSearch {
  return {
    prompt: text(raw, "prompt"),
    v: whole(raw, "v", 1),
    example: text(raw, "example"),
    run: text(raw, "run"),
  };
}
