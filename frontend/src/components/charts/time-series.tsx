import { MAX_SERIES, type TimeSeriesProps } from "@/components/charts/chart-types";
import { roomFor } from "@/components/charts/chart-text";
import { Gaps } from "@/components/charts/gaps";
import { MoveMarks, moveLanes } from "@/components/charts/move-marks";
import { Plot } from "@/components/charts/plot";
import { PointLinks } from "@/components/charts/point-links";
import { clamp, linearScale, percentOf, spread } from "@/components/charts/scale";
import { SeriesLayer } from "@/components/charts/series-layer";
import { seriesAxis, seriesGaps, timeSeriesLabel } from "@/components/charts/series-text";
import { XLabels, YAxis } from "@/components/charts/y-axis";

const FOOT = 26;

/** Up to six series over time. Points that carry an address are links. */
export function TimeSeries(props: TimeSeriesProps) {
  const { buckets, format, moves = [], limit, usual, gapLabel = "no runs", height = 178, room = ["", ""] } = props;
  const series = props.series.slice(0, MAX_SERIES);
  const lastBucket = Math.max(1, buckets.length - 1);
  const place = linearScale([0, lastBucket], [0, 1]);
  const top = 2 + 14 * (moves.length > 0 ? moveLanes(moves, place) : 1);
  const bottom = height - FOOT;
  const axis = seriesAxis(props);
  const y = linearScale(axis.domain, [bottom, top]);
  const half = 0.5 / lastBucket;
  const tick = props.tickFormat ?? format;
  const ticks = props.ticksAt ?? [0, Math.round(lastBucket / 2), lastBucket];
  const drawn = series.flatMap((entry) => {
    const index = entry.points.findLastIndex((point) => typeof point?.value === "number");
    const value = entry.points[index]?.value;
    return typeof value === "number" ? [{ entry, index, value }] : [];
  });
  const links = series.some(({ points }) => points.some((point) => point?.href !== undefined));
  const firstLink = drawn.findLast(({ entry, index }) => entry.points[index]?.href !== undefined);
  const texts = [...drawn.map(({ entry }) => entry.endText ?? entry.name), usual?.label ?? ""];
  const heights = [...drawn.map(({ value }) => y(value)), ...(usual ? [y((usual.range[0] + usual.range[1]) / 2)] : [])];
  const at = spread(heights, 14, [top, bottom]);
  const names = heights.map((_, index) => ({
    id: drawn[index]?.entry.id ?? "usual",
    text: texts[index] ?? "",
    y: (at[index] ?? 0) - 8,
  }));
  if (drawn.length === 0) return <p className="small t2">{`${props.title}: ${gapLabel} in this period.`}</p>;
  return (
    <Plot
      label={timeSeriesLabel(props)}
      height={height}
      left={roomFor([...axis.ticks.map((value) => tick(value)), room[0]], 10)}
      right={roomFor([...texts, room[1]], 14)}
      minWidth={props.minWidth}
      links={links}
      names={names}
    >
      <YAxis ticks={axis.ticks} y={y} format={tick} />
      <XLabels
        y={height - 8}
        labels={[...new Set(ticks)].map((index) => ({ at: place(index), text: buckets[index] ?? "" }))}
      />
      <Gaps
        gaps={seriesGaps(props)}
        edges={(bucket) => [clamp(place(bucket) - half, [0, 1]), clamp(place(bucket) + half, [0, 1])]}
        top={top}
        bottom={bottom}
        label={gapLabel}
      />
      {usual && (
        <rect className="margin" width="100%" y={y(usual.range[1])} height={y(usual.range[0]) - y(usual.range[1])} />
      )}
      {limit && (
        <g aria-hidden="true">
          <line className="limit" x1="0%" x2="100%" y1={y(limit.value)} y2={y(limit.value)} />
          <text className="halo t2" x={percentOf(0.01)} y={y(limit.value) - 5}>
            {limit.label}
          </text>
        </g>
      )}
      <PointLinks
        first={firstLink ? `${firstLink.entry.id} ${firstLink.index}` : ""}
        onFollow={props.onFollow}
      >
        {series.map((entry) => (
          <SeriesLayer key={entry.id} entry={entry} {...{ buckets, place, y, height, format }} />
        ))}
      </PointLinks>
      <MoveMarks moves={moves} place={place} bottom={bottom} />
    </Plot>
  );
}
