import { spokenFigure } from "@/components/charts/chart-text";
import type { Format, Tone } from "@/components/charts/chart-types";
import { type Bounds, clamp, linearScale, percentOf } from "@/components/charts/scale";
import { Whisker } from "@/components/charts/whisker";

interface IntervalMarkProps {
  /** What the figure is, for the label. */
  name: string;
  value: number;
  interval: Bounds | null;
  n: number;
  format: Format;
  domain?: Bounds;
  /** A dashed line, for instance the limit a figure has to reach. */
  limit?: number;
  tone?: Tone;
  final?: boolean;
  hollow?: boolean;
}

/** One estimate in a table cell. */
export function IntervalMark(props: IntervalMarkProps) {
  const { name, value, interval, n, format, domain = [0, 1], limit, tone = "neutral", final, hollow } = props;
  const label = `${name} ${spokenFigure({ value, interval, n }, format)}${
    limit === undefined ? "" : `; limit ${format(limit)}`
  }`;
  return (
    <span className="chart-cell">
      <svg className="chart" width="100%" height="20" role="img" aria-label={label}>
        <line x1="0%" x2="100%" y1="10" y2="10" stroke="var(--chart-grid)" />
        {limit !== undefined && (
          <line
            x1={percentOf(linearScale(domain, [0, 1])(clamp(limit, domain)))}
            x2={percentOf(linearScale(domain, [0, 1])(clamp(limit, domain)))}
            y1="1"
            y2="19"
            stroke="var(--text-2)"
            strokeDasharray="2 2"
          />
        )}
        <Whisker {...{ value, interval, domain, tone, final, hollow }} y={10} cap={4} />
      </svg>
    </span>
  );
}
