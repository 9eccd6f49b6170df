import type { Format } from "@/components/charts/chart-types";

interface YAxisProps {
  ticks: readonly number[];
  y: (value: number) => number;
  format: Format;
}

/** Horizontal hairlines with their figures in the gutter at the left. */
export function YAxis({ ticks, y, format }: YAxisProps) {
  return (
    <g aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1="0%" x2="100%" y1={y(tick)} y2={y(tick)} stroke="var(--chart-grid)" />
          <text x="0%" dx="-8" y={y(tick) + 4} textAnchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface XLabelsProps {
  /** Share of the width, and the text there. The outer ones stay inside the plot. */
  labels: readonly { at: number; text: string }[];
  y: number;
}

export function XLabels({ labels, y }: XLabelsProps) {
  return (
    <g aria-hidden="true">
      {labels.map(({ at, text }) => (
        <text
          key={at}
          x={`${at * 100}%`}
          y={y}
          textAnchor={at < 0.04 ? "start" : at > 0.96 ? "end" : "middle"}
        >
          {text}
        </text>
      ))}
    </g>
  );
}
