import { bandPath, type Bounds, extent, linearScale, linePath, percentOf } from "@/components/charts/scale";

interface SparklineProps {
  values: readonly (number | null)[];
  /** 95 % bounds of each value. */
  band?: readonly (Bounds | null)[];
  /** Where a label moved, in steps. */
  moveAt?: number | null;
  limit?: number;
  height?: number;
  /** Without a label it is decoration beside figures that are written out. */
  label?: string;
}

/** The course of a figure that stands beside it. The last point is marked. */
export function Sparkline({ values, band, moveAt, limit, height = 34, label }: SparklineProps) {
  const range = extent([...values, ...(band ?? []).flatMap((bounds) => bounds ?? []), limit]);
  if (range === null) return null;
  const domain: Bounds = range[0] === range[1] ? [range[0] - 1, range[1] + 1] : range;
  const y = linearScale(domain, [height - 4, 4]);
  const x = linearScale([0, Math.max(1, values.length - 1)], [0, 100]);
  const last = values.findLastIndex((value) => value !== null);
  const lastValue = values[last];
  const name = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <svg className="chart" width="100%" height={height} {...name}>
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" width="100%" height={height}>
        {band && (
          <path
            data-tone="cand"
            className="band"
            d={bandPath(
              band.map((bounds, index) =>
                bounds ? { x: x(index), low: y(bounds[0]), high: y(bounds[1]) } : null,
              ),
            )}
          />
        )}
        <path
          data-tone="cand"
          className="line line--thin"
          d={linePath(
            values.map((value, index) => (value === null ? null : { x: x(index), y: y(value) })),
          )}
        />
      </svg>
      {limit !== undefined && (
        <line x1="0" x2="100%" y1={y(limit)} y2={y(limit)} stroke="var(--text-3)" strokeDasharray="3 3" />
      )}
      {typeof moveAt === "number" && (
        <line
          x1={percentOf(x(moveAt) / 100)}
          x2={percentOf(x(moveAt) / 100)}
          y1="0"
          y2={height}
          stroke="var(--text-3)"
          strokeDasharray="2 3"
        />
      )}
      {typeof lastValue === "number" && (
        <circle data-tone="cand" className="dot" cx={percentOf(x(last) / 100)} cy={y(lastValue)} r="3" />
      )}
    </svg>
  );
}
