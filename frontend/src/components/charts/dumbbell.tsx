import { cell } from "@/components/charts/chart-text";
import type { Format, Tone } from "@/components/charts/chart-types";
import { type Bounds, clamp, linearScale, percentOf } from "@/components/charts/scale";

interface DumbbellProps {
  baseline: number | null;
  candidate: number | null;
  names: readonly [baseline: string, candidate: string];
  format: Format;
  tone: Tone;
  domain?: Bounds;
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** One case: a ring where it was, a point where it is. Equal scores are one graphite point. */
export function Dumbbell({ baseline, candidate, names, format, tone, domain = [0, 1] }: DumbbellProps) {
  const x = (value: number) => percentOf(linearScale(domain, [0, 1])(clamp(value, domain)));
  const equal = baseline !== null && baseline === candidate;
  const spoken = (value: number | null) => (value === null ? "no score" : cell(value, format));
  const label = `${names[0]} ${spoken(baseline)}, ${names[1]} ${spoken(candidate)}`;
  return (
    <span className="chart-cell">
      <svg className="chart" width="100%" height="20" role="img" aria-label={label}>
        <line x1="0%" x2="100%" y1="10" y2="10" stroke="var(--chart-grid)" />
        {QUARTERS.map((share) => (
          <line
            key={share}
            x1={percentOf(share)}
            x2={percentOf(share)}
            y1="7"
            y2="13"
            stroke="var(--chart-grid)"
          />
        ))}
        {baseline !== null && candidate !== null && !equal && (
          <line
            data-tone={tone}
            x1={x(baseline)}
            x2={x(candidate)}
            y1="10"
            y2="10"
            stroke="currentColor"
            strokeWidth="2.5"
          />
        )}
        {baseline !== null && !equal && (
          <circle data-tone="base" className="hollow" cx={x(baseline)} cy="10" r="4" />
        )}
        {candidate !== null && (
          <circle
            data-tone={equal ? "base" : tone}
            className="dot"
            cx={x(candidate)}
            cy="10"
            r="4.5"
          />
        )}
      </svg>
    </span>
  );
}
