import { type AnalyticsFilters, EVERY, GROUPS, SOURCES, isMoment } from "@/features/analytics/filters";
import { type RawSearch, flag, oneOf, text } from "@/lib/search-params";

export interface AnalyticsSearch extends AnalyticsFilters {
  /** The page of the runs at the foot. */
  cursor?: string | undefined;
}

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const fitting = (value: string | undefined, fits: (value: string) => boolean) => (value !== undefined && fits(value) ? value : undefined);

export function analyticsSearch(raw: RawSearch): AnalyticsSearch {
  return {
    from: fitting(text(raw, "from"), isMoment),
    to: fitting(text(raw, "to"), isMoment),
    by: oneOf(raw, "by", GROUPS),
    prompt: fitting(text(raw, "prompt"), (value) => ID.test(value)),
    model: text(raw, "model")?.slice(0, 200),
    source: oneOf(raw, "source", SOURCES),
    failed: flag(raw, "failed"),
    interval: oneOf(raw, "interval", EVERY),
    before: oneOf(raw, "before", ["off"]),
    cursor: text(raw, "cursor"),
  };
}
