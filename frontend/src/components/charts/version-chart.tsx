import { versionLabel } from "@/components/charts/bar-text";
import { roomFor, spokenFigure } from "@/components/charts/chart-text";
import type { Format, VersionChartProps, VersionPoint } from "@/components/charts/chart-types";
import { Plot } from "@/components/charts/plot";
import { PointLink, PointLinks } from "@/components/charts/point-links";
import { extent, linearScale, niceAxis, percentOf } from "@/components/charts/scale";
import { YAxis } from "@/components/charts/y-axis";
import { MISSING } from "@/lib/format";

const TOP = 16;
const FOOT = 36;

/** A point and its interval for each version. */
export function VersionChart(props: VersionChartProps) {
  const { versions, format, height = 206 } = props;
  const bottom = height - FOOT;
  const range = extent(versions.flatMap(({ value, interval }) => [value, ...(interval ?? [])])) ?? [0, 1];
  const axis = niceAxis(range[0], range[1]);
  const tick = props.tickFormat ?? format;
  const y = linearScale(axis.domain, [bottom - 6, TOP + 6]);
  const slot = 1 / Math.max(1, versions.length);
  const newest = versions.findLast(({ href }) => href !== undefined);
  return (
    <Plot
      label={versionLabel(props)}
      height={height}
      left={roomFor(axis.ticks.map((value) => tick(value)), 10)}
      minWidth={Math.max(240, versions.length * 44)}
      links={newest !== undefined}
    >
      <YAxis ticks={axis.ticks} y={y} format={tick} />
      {versions.map((version, index) => (
        <VersionText
          key={version.name}
          version={version}
          x={percentOf((index + 0.5) * slot)}
          makesRoom={versions[index + 1]?.label !== undefined}
          {...{ bottom, height, format }}
        />
      ))}
      <PointLinks first={newest?.name ?? ""} onFollow={props.onFollow}>
        {versions.map((version, index) => {
          const mark = <VersionMark version={version} x={percentOf((index + 0.5) * slot)} y={y} />;
          if (version.href === undefined) return <g key={version.name}>{mark}</g>;
          return (
            <PointLink
              key={version.name}
              id={version.name}
              href={version.href}
              label={`${version.name}: ${spokenFigure(version, format)}`}
            >
              <rect
                className="point__target"
                x={percentOf(index * slot)}
                width={percentOf(slot)}
                y={TOP}
                height={height - TOP}
              />
              {mark}
            </PointLink>
          );
        })}
      </PointLinks>
    </Plot>
  );
}

interface VersionMarkProps {
  version: VersionPoint;
  x: string;
  y: (value: number) => number;
}

function VersionMark({ version, x, y }: VersionMarkProps) {
  const { value, interval, tone, final = true } = version;
  return (
    <g data-tone={tone}>
      {interval && (
        <line
          x1={x}
          x2={x}
          y1={y(interval[0])}
          y2={y(interval[1])}
          stroke="currentColor"
          strokeWidth="2"
          strokeDasharray={final ? undefined : "4 3"}
        />
      )}
      {value !== null && <circle className={final ? "solid" : "hollow"} cx={x} cy={y(value)} r="5" />}
    </g>
  );
}

interface VersionTextProps {
  version: VersionPoint;
  x: string;
  /** The next version holds a label as well. */
  makesRoom: boolean;
  bottom: number;
  height: number;
  format: Format;
}

function VersionText({ version: { name, label, value }, x, makesRoom, bottom, height, format }: VersionTextProps) {
  return (
    <g aria-hidden="true">
      {label && (
        <>
          <line className="holder" x1={x} x2={x} y1={TOP - 2} y2={bottom} />
          <text className="holder" x={x} dx={makesRoom ? 6 : 0} y="10" textAnchor={makesRoom ? "end" : "middle"}>
            {label}
          </text>
        </>
      )}
      <text className="t2" x={x} y={height - 18} textAnchor="middle">
        {name}
      </text>
      <text x={x} y={height - 4} textAnchor="middle">
        {value === null ? MISSING : format(value)}
      </text>
    </g>
  );
}
