import { type Bounds, percentOf } from "@/components/charts/scale";

interface GapsProps {
  /** First and last bucket of each gap. */
  gaps: readonly Bounds[];
  /** Shares of the width at which a bucket begins and ends. */
  edges: (bucket: number) => Bounds;
  top: number;
  bottom: number;
  label: string;
}

/** A gap is a gap on sunken ground: never 0, never bridged. */
export function Gaps({ gaps, edges, top, bottom, label }: GapsProps) {
  return (
    <g aria-hidden="true">
      {gaps.map(([first, last]) => {
        const from = edges(first)[0];
        const width = edges(last)[1] - from;
        return (
          <g key={first}>
            <rect
              className="gap"
              x={percentOf(from)}
              width={percentOf(width)}
              y={top}
              height={bottom - top}
            />
            <svg x={percentOf(from + width / 2)} y={(top + bottom) / 2} overflow="visible">
              <text y="4" textAnchor="middle" transform={width < 0.14 ? "rotate(-90)" : undefined}>
                {label}
              </text>
            </svg>
          </g>
        );
      })}
    </g>
  );
}
