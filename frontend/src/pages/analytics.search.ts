import { type RawSearch, oneOf, text } from "@/lib/search-params";

export interface AnalyticsSearch {
  from?: string;
  to?: string;
  by?: "none" | "prompt" | "model" | "source" | "version";
  prompt?: string;
  model?: string;
  source?: string;
  interval?: "hour" | "day" | "week";
}

export function analyticsSearch(raw: RawSearch): AnalyticsSearch {
  return {
    from: text(raw, "from"),
    to: text(raw, "to"),
    by: oneOf(raw, "by", ["none", "prompt", "model", "source", "version"]),
    prompt: text(raw, "prompt"),
    model: text(raw, "model"),
    source: text(raw, "source"),
    interval: oneOf(raw, "interval", ["hour", "day", "week"]),
  };
}
