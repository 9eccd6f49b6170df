import type { Tone } from "@/components/charts/chart-types";
import { type Bounds, clamp, linearScale, percentOf } from "@/components/charts/scale";

interface WhiskerProps {
  value: number;
  interval?: Bounds | null;
  domain: Bounds;
  /** Middle of the mark in pixels. */
  y: number;
  tone: Tone;
  strong?: boolean;
  /** Not final: dashed, with a hollow point. */
  final?: boolean;
  hollow?: boolean;
  /** Half the height of the caps; 0 leaves them out. */
  cap?: number;
}

/** Point and interval on a horizontal axis. An end beyond the axis is an arrow at its edge. */
export function Whisker(props: WhiskerProps) {
  const { value, interval, domain, y, tone, strong = false, final = true, hollow = !final, cap = 5 } = props;
  const place = linearScale(domain, [0, 1]);
  const x = (at: number) => percentOf(place(clamp(at, domain)));
  const inside = (at: number) => at >= domain[0] && at <= domain[1];
  return (
    <g data-tone={tone}>
      {interval && (
        <>
          <line
            x1={x(interval[0])}
            x2={x(interval[1])}
            y1={y}
            y2={y}
            stroke="currentColor"
            strokeWidth={strong ? 2.5 : 2}
            strokeDasharray={final ? undefined : "4 3"}
          />
          {interval.map((end, index) => {
            const side = index === 0 ? 1 : -1;
            if (!inside(end)) {
              return (
                <svg key={side} x={x(end)} y={y} overflow="visible">
                  <path d={`M${-2 * side} 0l${8 * side} -5v10z`} fill="currentColor" />
                </svg>
              );
            }
            if (cap === 0) return null;
            return (
              <line
                key={side}
                x1={x(end)}
                x2={x(end)}
                y1={y - cap}
                y2={y + cap}
                stroke="currentColor"
                strokeWidth="2"
              />
            );
          })}
        </>
      )}
      {inside(value) && (
        <circle className={hollow ? "hollow" : "solid"} cx={x(value)} cy={y} r={strong ? 5 : 4} />
      )}
    </g>
  );
}
