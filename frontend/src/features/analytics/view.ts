import { useRouter } from "@tanstack/react-router";
import type { LabelMove, OnFollow } from "@/components/charts/chart-types";
import { bucketAt } from "@/components/charts/scale";
import type { Analytics } from "./api";
import type { AnalyticsFilters } from "./filters";
import { useFollow } from "./follow";
import { bucketNames, bucketWindow } from "./window";

/** What all charts of one answer share. */
export interface View {
  data: Analytics;
  /** Names of the buckets. */
  names: readonly string[];
  /** The address of one bucket's runs. */
  hrefOf: (bucket: number) => string | undefined;
  /** The address of those of them that failed. */
  failedHref: (bucket: number) => string | undefined;
  /** The same, unless there are so many points that nobody could hit one. */
  pointHref: (bucket: number) => string | undefined;
  /** The address of one group's figures. */
  groupHref: (key: string) => string | undefined;
  /** Where what serves was changed, oldest first; the first few are drawn, the table has all. */
  moves: readonly LabelMove[];
  onFollow: OnFollow;
}

const LINKED = 200;
const NOT_A_GROUP = new Set(["other", "none", "all"]);

function moved({ label_moves, buckets }: Analytics, isOnePrompt: boolean): LabelMove[] {
  return label_moves
    .toReversed()
    .filter(({ label }) => label === "production")
    .flatMap(({ at, prompt_name, to_number }) => {
      const place = bucketAt(buckets, at);
      return place === null ? [] : [{ at: place, label: isOnePrompt ? `v${to_number} → production` : `${prompt_name} v${to_number}` }];
    });
}

export function useView(data: Analytics, filters: AnalyticsFilters): View {
  const router = useRouter();
  const onFollow = useFollow();
  const address = (search: AnalyticsFilters) => `/analytics${router.options.stringifySearch(search)}`;
  const runsIn = (bucket: number, asked: AnalyticsFilters) => {
    const narrowed = bucketWindow(data, bucket, data.tz);
    return narrowed && `${address({ ...asked, ...narrowed, interval: undefined })}#runs`;
  };
  const hrefs = data.buckets.map((_, bucket) => runsIn(bucket, filters));
  const hrefOf = (bucket: number) => hrefs[bucket];
  return {
    data,
    names: bucketNames(data, data.tz),
    hrefOf,
    failedHref: (bucket) => runsIn(bucket, { ...filters, failed: true }),
    pointHref: hrefs.length <= LINKED ? hrefOf : () => undefined,
    groupHref: (key) => {
      const { by } = filters;
      if (NOT_A_GROUP.has(key) || (by !== "prompt" && by !== "model" && by !== "source")) return undefined;
      return address({ ...filters, by: undefined, [by]: key });
    },
    moves: moved(data, filters.prompt !== undefined),
    onFollow,
  };
}
