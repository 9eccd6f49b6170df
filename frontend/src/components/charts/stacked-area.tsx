import { stackedLabel } from "@/components/charts/bar-text";
import { bareInterval, roomFor } from "@/components/charts/chart-text";
import type { StackedAreaProps } from "@/components/charts/chart-types";
import { Plot } from "@/components/charts/plot";
import { bandPath, linearScale, linePath, niceAxis, percentOf } from "@/components/charts/scale";
import { XLabels, YAxis } from "@/components/charts/y-axis";

const TOP = 20;
const FOOT = 26;

/** Sums over a period, stacked, with their budget and forecast. */
export function StackedArea(props: StackedAreaProps) {
  const { buckets, series, format, forecast, budget, height = 262, onFollow } = props;
  const bottom = height - FOOT;
  const last = series[0]?.values.findLastIndex((value) => value !== null) ?? -1;
  const tops = series.map((_, part) =>
    buckets.map((_, index) => series.slice(0, part + 1).reduce((sum, { values }) => sum + (values[index] ?? 0), 0)),
  );
  const total = tops.at(-1)?.[last] ?? 0;
  const axis = niceAxis(0, Math.max(total, budget?.value ?? 0, forecast?.value ?? 0, forecast?.interval?.[1] ?? 0));
  const y = linearScale(axis.domain, [bottom, TOP]);
  const end = Math.max(1, buckets.length - 1);
  const x = linearScale([0, end], [0, 1]);
  const tick = props.tickFormat ?? format;
  const upper = (part: number) =>
    Array.from({ length: last + 1 }, (_, index) => ({ x: x(index) * 100, y: y(tops[part]?.[index] ?? 0) }));
  const lower = (part: number) => (index: number) => y(part === 0 ? 0 : (tops[part - 1]?.[index] ?? 0));
  const forecastText = forecast?.value ? format(forecast.value) : "";
  const range = forecast?.interval ? bareInterval(forecast.interval, format) : "";
  const names = forecast?.value
    ? [
        { id: "value", y: y(forecast.value) - 8, text: forecastText, strong: true },
        { id: "range", y: y(forecast.value) + 7, text: range },
      ]
    : [];
  return (
    <div className="chart-box">
      <div className="stacked">
        <Plot
          label={stackedLabel(props)}
          height={height}
          left={roomFor(axis.ticks.map((value) => tick(value)), 10)}
          right={forecast ? roomFor([forecastText, range], 16) : 12}
          names={names}
          minWidth={300}
        >
          <YAxis ticks={axis.ticks} y={y} format={tick} />
          <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" width="100%" height={height}>
            {series.map(({ id, tone }, part) => (
              <g key={id} data-tone={tone}>
                <path
                  className="fill"
                  d={bandPath(upper(part).map((point, index) => ({ x: point.x, low: lower(part)(index), high: point.y })))}
                />
                <path className="seam" d={linePath(upper(part))} />
              </g>
            ))}
            {forecast?.interval && (
              <path
                data-tone="cand"
                className="band"
                d={`M${x(last) * 100} ${y(total)}L100 ${y(forecast.interval[1])}L100 ${y(forecast.interval[0])}Z`}
              />
            )}
            {forecast?.value && (
              <path className="forecast" d={`M${x(last) * 100} ${y(total)}L100 ${y(forecast.value)}`} />
            )}
          </svg>
          {forecast?.value && (
            <circle data-tone="neutral" className="hollow" cx="100%" cy={y(forecast.value)} r="4" />
          )}
          {budget && (
            <g data-tone="inconclusive" aria-hidden="true">
              <line className="budget" x1="0%" x2="100%" y1={y(budget.value)} y2={y(budget.value)} />
              <text className="halo toned" x="1%" y={y(budget.value) - 5}>
                {budget.label}
              </text>
            </g>
          )}
          {typeof budget?.crossesAt === "number" && (
            <g aria-hidden="true">
              <line
                x1={percentOf(x(budget.crossesAt))}
                x2={percentOf(x(budget.crossesAt))}
                y1={TOP}
                y2={bottom}
                stroke="var(--text-3)"
                strokeDasharray="2 3"
              />
              <text className="halo t2" x={percentOf(x(budget.crossesAt))} dx="-6" y={TOP + 4} textAnchor="end">
                {buckets[Math.round(budget.crossesAt)]}
              </text>
            </g>
          )}
          <XLabels
            y={height - 8}
            labels={[...new Set([0, ...(end - last > 3 ? [last] : []), end])].map((index) => ({
              at: x(index),
              text: buckets[index] ?? "",
            }))}
          />
        </Plot>
        <AreaTotals series={series} format={format} last={last} title={props.title} onFollow={onFollow} />
      </div>
    </div>
  );
}

type AreaTotalsProps = Pick<StackedAreaProps, "series" | "format" | "title" | "onFollow"> & { last: number };

/** The legend: names in the order of the areas, with their sums. */
function AreaTotals({ series, format, last, title, onFollow }: AreaTotalsProps) {
  return (
    <table className="table">
      <caption className="sr">{`${title}, by series`}</caption>
      <tbody>
        {series.toReversed().map(({ id, name, tone, values, href }) => (
          <tr key={id}>
            <td>
              <span className="row">
                <i className="swatch" data-tone={tone} aria-hidden="true" />
                {href === undefined ? (
                  name
                ) : (
                  <a href={href} onClick={onFollow && ((event) => onFollow(event, href))}>
                    {name}
                  </a>
                )}
              </span>
            </td>
            <td className="num">
              <b>{format(values[last] ?? 0)}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
