import { MISSING } from "@/lib/format";
import { cell, figureText, sentence, spokenFigure } from "@/components/charts/chart-text";
import { MAX_SERIES, type ChartTable, type Series, type TimeSeriesProps } from "@/components/charts/chart-types";
import { type Axis, type Bounds, bucketName, extent, niceAxis, stretches } from "@/components/charts/scale";

export function seriesAxis({ series, limit, usual, zero }: TimeSeriesProps): Axis {
  const values = series.flatMap(({ points }) =>
    points.flatMap((point) => (point ? [point.value, ...(point.interval ?? [])] : [])),
  );
  const range = extent([...values, limit?.value, ...(usual?.range ?? []), zero ? 0 : null]) ?? [0, 1];
  return niceAxis(range[0], range[1]);
}

/** Stretches of buckets in which no series has a figure. */
export const seriesGaps = ({ buckets, series }: Pick<TimeSeriesProps, "buckets" | "series">): Bounds[] =>
  stretches(buckets.length, (index) => series.every(({ points }) => typeof points[index]?.value !== "number"));

function course({ name, points }: Series, { buckets, format }: TimeSeriesProps): string {
  const first = points.findIndex((point) => typeof point?.value === "number");
  const last = points.findLastIndex((point) => typeof point?.value === "number");
  const [start, end] = [points[first], points[last]];
  if (!start || !end) return `${name}: no figures`;
  const range = extent(points.map((point) => point?.value));
  const span = range ? `, between ${format(range[0])} and ${format(range[1])}` : "";
  return `${name}: ${cell(start.value, format)} on ${buckets[first]}, ${spokenFigure(end, format)} on ${buckets[last]}${span}`;
}

export function timeSeriesLabel(props: TimeSeriesProps): string {
  const { title, buckets, series, moves = [], limit, usual, format, gapLabel = "no runs" } = props;
  const hidden = series.length - MAX_SERIES;
  return sentence(title, [
    ...series.slice(0, MAX_SERIES).map((entry) => course(entry, props)),
    ...seriesGaps(props).map(([from, to]) =>
      from === to ? `${gapLabel} on ${buckets[from]}` : `${gapLabel} from ${buckets[from]} to ${buckets[to]}`,
    ),
    ...moves.map(({ at, label }) => `${label} on ${bucketName(buckets, at)}`),
    limit ? limit.label : "",
    usual ? `${usual.label} ${format(usual.range[0])} to ${format(usual.range[1])}` : "",
    hidden > 0 ? `${hidden} more in the table` : "",
  ]);
}

export function timeSeriesTable(props: TimeSeriesProps): ChartTable {
  const { title, buckets, series, moves = [], format, gapLabel = "no runs" } = props;
  const gaps = seriesGaps(props);
  return {
    caption: title,
    columns: [
      { label: "When" },
      ...series.map(({ name }) => ({ label: name, numeric: true })),
      ...(moves.length > 0 ? [{ label: "What happened then" }] : []),
    ],
    rows: buckets.map((bucket, index) => ({
      key: `${index} ${bucket}`,
      href: series.map(({ points }) => points[index]?.href).find((href) => href !== undefined),
      cells: [
        bucket,
        ...series.map(({ points }) => {
          const point = points[index];
          if (gaps.some(([from, to]) => index >= from && index <= to)) return gapLabel;
          return point ? figureText(point, format) : MISSING;
        }),
        moves
          .filter(({ at }) => Math.round(at) === index)
          .map(({ label }) => label)
          .join(", "),
      ],
    })),
  };
}
