import { type Choices, ONLY, SORTS, VIEWS } from "@/features/comparison/choices";
import { type RawSearch, oneOf, several, text, whole } from "@/lib/search-params";

export interface CompareSearch extends Choices {
  base?: string | undefined;
  with?: string[] | undefined;
}

export function compareSearch(raw: RawSearch): CompareSearch {
  return {
    base: text(raw, "base"),
    with: several(raw, "with"),
    metric: text(raw, "metric"),
    only: oneOf(raw, "only", ONLY),
    sort: oneOf(raw, "sort", SORTS),
    tag: text(raw, "tag"),
    q: text(raw, "q"),
    case: text(raw, "case"),
    view: oneOf(raw, "view", VIEWS),
    side: whole(raw, "side", 1),
  };
}
