import { barGaps, barText, errorBarsLabel } from "@/components/charts/bar-text";
import { roomFor } from "@/components/charts/chart-text";
import type { BarClass, ErrorBarsProps } from "@/components/charts/chart-types";
import { Gaps } from "@/components/charts/gaps";
import { Plot } from "@/components/charts/plot";
import { PointLink, PointLinks } from "@/components/charts/point-links";
import { linearScale, niceAxis, percentOf } from "@/components/charts/scale";
import { XLabels, YAxis } from "@/components/charts/y-axis";
import { count } from "@/lib/format";

const TOP = 18;
const FOOT = 26;

/** Counts per bucket, stacked by class. Bars start at 0. */
export function ErrorBars(props: ErrorBarsProps) {
  const { buckets, classes, format = count, gapLabel = "no runs", height = 204, hrefOf } = props;
  const bottom = height - FOOT;
  const totals = buckets.map((_, index) => classes.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const most = Math.max(0, ...totals);
  const peak = totals.indexOf(most);
  const axis = niceAxis(0, Math.max(1, most), { integer: true });
  const y = linearScale(axis.domain, [bottom, TOP]);
  const slot = 1 / Math.max(1, buckets.length);
  const links = hrefOf !== undefined;
  const lastLink = buckets.findLastIndex((_, index) => hrefOf?.(index) !== undefined);
  return (
    <Plot
      label={errorBarsLabel(props)}
      height={height}
      left={roomFor(axis.ticks.map((value) => format(value)), 10)}
      links={links}
      minWidth={260}
    >
      <YAxis ticks={axis.ticks} y={y} format={format} />
      <Gaps
        gaps={barGaps(props)}
        edges={(bucket) => [bucket * slot, (bucket + 1) * slot]}
        top={TOP}
        bottom={bottom}
        label={gapLabel}
      />
      <PointLinks first={String(lastLink)} onFollow={props.onFollow}>
        {buckets.map((bucket, index) => {
          const stack = (
            <BarStack classes={classes} index={index} y={y} x={(index + 0.15) * slot} width={slot * 0.7} />
          );
          const href = hrefOf?.(index);
          if (href === undefined) return <g key={`${index} ${bucket}`}>{stack}</g>;
          return (
            <PointLink key={`${index} ${bucket}`} id={String(index)} href={href} label={barText(index, props)}>
              <rect
                className="point__target"
                x={percentOf(index * slot)}
                width={percentOf(slot)}
                y={TOP}
                height={bottom - TOP}
              />
              {stack}
            </PointLink>
          );
        })}
      </PointLinks>
      {most > 0 && (
        <text x={percentOf((peak + 0.5) * slot)} y={y(most) - 6} textAnchor="middle" aria-hidden="true">
          {format(most)}
        </text>
      )}
      <XLabels
        y={height - 8}
        labels={[
          { at: 0, text: buckets[0] ?? "" },
          { at: 1, text: buckets.at(-1) ?? "" },
        ]}
      />
    </Plot>
  );
}

interface BarStackProps {
  classes: readonly BarClass[];
  index: number;
  y: (value: number) => number;
  x: number;
  width: number;
}

function BarStack({ classes, index, y, x, width }: BarStackProps) {
  const ends = classes.map((_, part) =>
    classes.slice(0, part + 1).reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  return classes.map(({ id, tone, values }, part) => {
    const value = values[index] ?? 0;
    const end = ends[part] ?? 0;
    if (value <= 0) return null;
    return (
      <rect
        key={id}
        data-tone={tone}
        className="fill"
        x={percentOf(x)}
        width={percentOf(width)}
        y={y(end)}
        height={Math.max(1, y(end - value) - y(end) - 1)}
      />
    );
  });
}

/** Swatches with their sums, for the foot. */
export function BarLegend({ classes, format = count }: Pick<ErrorBarsProps, "classes" | "format">) {
  return (
    <span className="legend">
      {classes.map(({ id, name, tone, values }) => (
        <span key={id}>
          <i className="swatch" data-tone={tone} />
          {`${name} ${format(values.reduce<number>((sum, value) => sum + (value ?? 0), 0))}`}
        </span>
      ))}
    </span>
  );
}
