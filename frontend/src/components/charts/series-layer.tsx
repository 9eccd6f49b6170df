import { spokenFigure } from "@/components/charts/chart-text";
import type { Format, Series, SeriesPoint } from "@/components/charts/chart-types";
import { Marker, dashOf } from "@/components/charts/marker";
import { PointLink } from "@/components/charts/point-links";
import { bandPath, linePath, percentOf } from "@/components/charts/scale";

interface SeriesLayerProps {
  entry: Series;
  buckets: readonly string[];
  place: (bucket: number) => number;
  y: (value: number) => number;
  height: number;
  format: Format;
}

const known = (point: SeriesPoint | null | undefined): point is SeriesPoint & { value: number } =>
  typeof point?.value === "number";

/** Band, line and marks of one series. */
export function SeriesLayer({ entry, buckets, place, y, height, format }: SeriesLayerProps) {
  const { points, tone, name, draw = "line" } = entry;
  const last = points.findLastIndex(known);
  const at = (index: number) => percentOf(place(index));
  return (
    <g data-tone={tone}>
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" width="100%" height={height}>
        {draw === "line" && (
          <>
            <path
              className="band"
              d={bandPath(
                points.map((point, index) =>
                  point?.interval
                    ? { x: place(index) * 100, low: y(point.interval[0]), high: y(point.interval[1]) }
                    : null,
                ),
              )}
            />
            <path
              className="line"
              strokeDasharray={dashOf(tone)}
              d={linePath(
                points.map((point, index) =>
                  known(point) ? { x: place(index) * 100, y: y(point.value) } : null,
                ),
              )}
            />
          </>
        )}
      </svg>
      {points.map((point, index) => {
        if (!known(point)) return null;
        const stands = draw === "points";
        const alone = !known(points[index - 1]) && !known(points[index + 1]);
        const mark = pointMark(point, stands || index === last, alone, {
          x: at(index),
          y: y(point.value),
          entry,
        });
        if (point.href === undefined) return mark && <g key={`${index} ${buckets[index]}`}>{mark}</g>;
        return (
          <PointLink
            key={`${index} ${buckets[index]}`}
            id={`${entry.id} ${index}`}
            href={point.href}
            label={`${name}, ${buckets[index] ?? ""}: ${spokenFigure(point, format)}${point.note ? `, ${point.note}` : ""}`}
          >
            {stands && point.interval && (
              <line data-tone={tone} className="line line--thin" x1={at(index)} x2={at(index)} y1={y(point.interval[0])} y2={y(point.interval[1])} />
            )}
            <circle className="point__target" cx={at(index)} cy={y(point.value)} r="12" />
            {mark ?? <circle className="point__rest" cx={at(index)} cy={y(point.value)} r="2" />}
          </PointLink>
        );
      })}
    </g>
  );
}

function pointMark(
  point: SeriesPoint,
  marked: boolean,
  single: boolean,
  { x, y, entry }: { x: string; y: number; entry: Series },
) {
  if (point.note !== undefined) {
    return (
      <>
        <circle data-tone={point.flag} className="hollow" cx={x} cy={y} r="6" />
        <text className="halo t2" x={x} dx="-10" y={y} textAnchor="end" aria-hidden="true">
          {point.note}
        </text>
      </>
    );
  }
  if (point.flag) return <circle data-tone={point.flag} className="hollow" cx={x} cy={y} r="3.5" />;
  if (marked) return <Marker tone={entry.tone} x={x} y={y} />;
  return single ? <circle className="dot" cx={x} cy={y} r="3.5" /> : null;
}
