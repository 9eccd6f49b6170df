import { NOT_ENOUGH } from "@/components/charts/chart-text";
import type { ChartTable, Format } from "@/components/charts/chart-types";
import { extent, linearScale, niceAxis, percentOf } from "@/components/charts/scale";
import { count } from "@/lib/format";

export interface DotStripProps {
  title: string;
  values: readonly number[];
  format: Format;
  reference?: number;
  height?: number;
}

const FEWEST = 3;
const STEP = 16;
const COLUMNS = 21;

/** Too few values for a mean: each is drawn, equal ones stacked. Below three there are only words. */
export function DotStrip({ title, values, format, reference = 0, height = 150 }: DotStripProps) {
  const shown = values.map((value) => format(value)).join(", ");
  if (values.length < FEWEST) {
    return <p className="small t2">{`${title}: ${NOT_ENOUGH}, n=${values.length}${shown && ` (${shown})`}.`}</p>;
  }
  const range = extent([...values, reference]) ?? [0, 1];
  const axis = niceAxis(range[0], range[1]);
  const place = linearScale(axis.domain, [0.04, 0.96]);
  const bottom = height - 32;
  const columns = values.map((value) => Math.round(place(value) * COLUMNS * 2));
  return (
    <svg
      className="chart"
      width="100%"
      height={height}
      role="img"
      aria-label={`${title}: ${NOT_ENOUGH}, n=${values.length}. ${shown}.`}
    >
      <line
        x1={percentOf(place(reference))}
        x2={percentOf(place(reference))}
        y1="16"
        y2={bottom}
        stroke="var(--text-2)"
      />
      <line x1="4%" x2="96%" y1={bottom} y2={bottom} stroke="var(--chart-axis)" />
      {values.map((value, index) => {
        const below = columns.slice(0, index).filter((column) => column === columns[index]).length;
        return (
          <circle
            // oxlint-disable-next-line react/no-array-index-key -- equal values are told apart by nothing else
            key={index}
            data-tone="cand"
            className="hollow"
            cx={percentOf(place(value))}
            cy={bottom - 10 - below * STEP}
            r="6"
          />
        );
      })}
      {axis.ticks.map((tick) => (
        <text key={tick} x={percentOf(place(tick))} y={bottom + 18} textAnchor="middle">
          {format(tick)}
        </text>
      ))}
      <text className="halo" x={percentOf(place(reference))} dx="8" y="26">
        {NOT_ENOUGH}
      </text>
    </svg>
  );
}

export const dotStripTable = ({ title, values, format }: DotStripProps): ChartTable => ({
  caption: title,
  columns: [{ label: "No." }, { label: title, numeric: true }],
  rows: values.map((value, index) => ({ key: String(index), cells: [count(index + 1), format(value)] })),
});
