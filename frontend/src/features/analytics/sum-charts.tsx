import type { BarClass } from "@/components/charts/chart-types";
import { ChartFrame } from "@/components/charts/chart-frame";
import { MAX_SERIES, SERIES_TONES } from "@/components/charts/chart-types";
import { BarLegend, ErrorBars } from "@/components/charts/error-bars";
import { errorBarsTable, foldRest } from "@/components/charts/bar-text";
import { StackedArea } from "@/components/charts/stacked-area";
import { count, money, plural } from "@/lib/format";
import { NO_RUNS, callsIn, costAreas, costTable } from "./series";
import type { View } from "./view";

const dollars = (value: number) => money(String(value));

/** Calls without a known price are said in words: they are not 0, and no guess. */
function pricedIn({ runs, unpriced }: View["data"]["totals"]): string {
  if (unpriced === 0) return `Exact sum of ${plural(runs, "call")}.`;
  return `${count(unpriced)} of ${plural(runs, "call")} have no known price; what they were made beside is left out of the areas.`;
}

export function CostChart({ view }: { view: View }) {
  const { data, names, onFollow } = view;
  const { totals } = data;
  const isKnown = data.groups.some(({ cost_usd }) => cost_usd.some((cost) => cost !== null));
  const words = totals.runs === 0 ? `Cost: ${NO_RUNS} in this period.` : "No call in this window has a known price.";
  return (
    <ChartFrame
      title="Cost"
      note={`${totals.runs > 0 ? `${money(totals.cost_usd)}, ` : ""}added up over the window`}
      table={costTable(view, `Cost of each ${data.interval}`)}
      foot={<span>{totals.runs > 0 ? pricedIn(totals) : "Nothing was asked."}</span>}
      onFollow={onFollow}
    >
      {isKnown ? (
        <StackedArea title="Cost, added up" buckets={names} series={costAreas(view)} format={dollars} tickFormat={(value) => dollars(value).replace(".00", "")} onFollow={onFollow} />
      ) : (
        <p className="small t2">{words}</p>
      )}
    </ChartFrame>
  );
}

/** Codes as words: `rate_limit` is a rate limit. */
export const causeOf = (code: string): string => code.replaceAll("_", " ");

export function ErrorChart({ view }: { view: View }) {
  const { data, names, failedHref, onFollow } = view;
  const { errors, runs } = data.totals;
  const counted = data.errors_by_class.map(({ error_code, per_bucket }) => ({
    name: causeOf(error_code),
    values: per_bucket.map((number, bucket) => (callsIn(view, bucket) === 0 ? null : number)),
  }));
  const classes = foldRest(counted, MAX_SERIES).map(
    ({ name, values }, index): BarClass => ({ id: name, name, values, tone: SERIES_TONES[index] ?? "neutral" }),
  );
  const bars = { title: "Failed calls by cause", buckets: names, classes, gapLabel: NO_RUNS, hrefOf: failedHref };
  // without a failure there is no class to say which buckets had calls
  const table = errorBarsTable({ ...bars, classes: classes.length > 0 ? classes : [noFailures(view)] });
  return (
    <ChartFrame
      title={bars.title}
      note={`${count(errors)} of ${plural(runs, "call")}`}
      table={table}
      foot={classes.length > 0 ? <BarLegend classes={classes} /> : undefined}
      toggle="head"
      onFollow={onFollow}
    >
      {classes.length > 0 ? (
        <ErrorBars {...bars} onFollow={onFollow} />
      ) : (
        <p className="small t2">{runs > 0 ? `None of ${plural(runs, "call")} failed.` : `Failed calls: ${NO_RUNS} in this period.`}</p>
      )}
    </ChartFrame>
  );
}

const noFailures = (view: View): BarClass => ({
  id: "failed",
  name: "failed",
  tone: "neutral",
  values: view.names.map((_, bucket) => (callsIn(view, bucket) === 0 ? null : 0)),
});
