import { type RawSearch, several, text } from "@/lib/search-params";

export interface ExperimentNewSearch {
  prompt?: string;
  versions?: string[];
  baseline?: string;
  from?: string;
}

export function experimentNewSearch(raw: RawSearch): ExperimentNewSearch {
  return {
    prompt: text(raw, "prompt"),
    versions: several(raw, "versions"),
    baseline: text(raw, "baseline"),
    from: text(raw, "from"),
  };
}
