import { type RawSearch, flag, oneOf, text, whole } from "@/lib/search-params";

export interface PromptSearch {
  tab?: "versions" | "golden" | "runs" | "experiments" | "use";
  v?: number;
  diff?: number;
  view?: "split" | "unified";
  /** Lines that differ in spaces only count as the same. */
  ws?: true;
  edit?: true;
  /** The label that the open sheet moves. */
  promote?: string;
  q?: string;
  tag?: string;
  split?: string;
  status?: string;
  source?: string;
  model?: string;
  from?: string;
  to?: string;
  example?: string;
  run?: string;
  cursor?: string;
  import?: true;
}

export function promptSearch(raw: RawSearch): PromptSearch {
  return {
    tab: oneOf(raw, "tab", ["versions", "golden", "runs", "experiments", "use"]),
    v: whole(raw, "v", 1),
    diff: whole(raw, "diff", 1),
    view: oneOf(raw, "view", ["split", "unified"]),
    ws: flag(raw, "ws"),
    edit: flag(raw, "edit"),
    promote: text(raw, "promote"),
    q: text(raw, "q"),
    tag: text(raw, "tag"),
    split: text(raw, "split"),
    status: text(raw, "status"),
    source: text(raw, "source"),
    model: text(raw, "model"),
    from: text(raw, "from"),
    to: text(raw, "to"),
    example: text(raw, "example"),
    run: text(raw, "run"),
    cursor: text(raw, "cursor"),
    import: flag(raw, "import"),
  };
}
