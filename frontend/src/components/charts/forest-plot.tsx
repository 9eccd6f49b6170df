import { clsx } from "clsx";
import { forestLabel, rowText } from "@/components/charts/forest-text";
import type { ForestPlotProps, ForestRow } from "@/components/charts/chart-types";
import { type Bounds, extent, linearScale, niceAxis, percentOf } from "@/components/charts/scale";
import { Whisker } from "@/components/charts/whisker";

const EDGE = 24;
const BESIDE = 0.1; // of the axis, at either side of the reference

/** There is a better side and a worse one, also where all estimates lie on one. */
function aroundReference([low, high]: Bounds, reference: number): Bounds {
  const room = (high - low) * BESIDE;
  return [Math.min(low, reference - room), Math.max(high, reference + room)];
}

/** Rows of estimates on one axis. Labels stand beside the marks, or above them where there is no room. */
export function ForestPlot(props: ForestPlotProps) {
  const { rows, format, margin, reference = 0, unit, lowerIsBetter = false, tickFormat = format } = props;
  const captions = lowerIsBetter ? props.captions?.toReversed() : props.captions;
  const values = rows.flatMap((row) => [
    row.value,
    ...(row.interval ?? []),
    ...(row.points ?? []),
    row.baseline?.value,
    ...(row.baseline?.interval ?? []),
  ]);
  const edge = margin === undefined || reference === null ? null : lowerIsBetter ? reference + margin : reference - margin;
  const bare = extent([...values, reference, edge]) ?? [0, 1];
  const range = reference === null ? bare : aroundReference(bare, reference);
  const axis = props.domain
    ? niceAxis(props.domain[0], props.domain[1], { tight: true })
    : niceAxis(range[0], range[1]);
  const domain = props.domain ?? axis.domain;
  const x = (value: number) => percentOf(linearScale(domain, [0, 1])(value));
  const height = `${props.rowHeight ?? 25}px`;
  return (
    <div className="chart-box">
      <div className={clsx("chart forest", !captions && !unit && "forest--bare")} role="img" aria-label={forestLabel(props)}>
        <div className="forest__head" style={{ gridRow: 1 }}>
          {captions && <span className="forest__caption">{`← ${captions[0]} · ${captions[1]} →`}</span>}
          <span className="forest__unit">{unit}</span>
        </div>
        <div className="forest__axis" style={{ gridRow: `1 / span ${rows.length + 2}` }}>
          <svg className="forest__sides" width="100%" height="100%">
            {captions && reference !== null && (
              <>
                <text x={x(reference)} dx="-8" y="14" textAnchor="end">{`← ${captions[0]}`}</text>
                <text x={x(reference)} dx="8" y="14">{`${captions[1]} →`}</text>
              </>
            )}
          </svg>
          <svg className="forest__grid" width="100%">
            {edge !== null && reference !== null && (
              <rect className="margin" x={x(Math.min(edge, reference))} width={x(domain[0] + Math.abs(reference - edge))} height="100%" />
            )}
            {axis.ticks.map((tick) => (
              <line
                key={tick}
                x1={x(tick)}
                x2={x(tick)}
                y1="0"
                y2="100%"
                stroke={tick === reference ? "none" : "var(--chart-grid)"}
              />
            ))}
            {reference !== null && (
              <line
                x1={x(reference)}
                x2={x(reference)}
                y1="0"
                y2="100%"
                stroke="var(--text-2)"
                strokeWidth="1.25"
              />
            )}
          </svg>
          <svg className="forest__ticks" width="100%" height={EDGE}>
            {axis.ticks.map((tick) => (
              <text key={tick} x={x(tick)} y="15" textAnchor="middle">
                {tickFormat(tick)}
              </text>
            ))}
          </svg>
        </div>
        {rows.map((row, index) => (
          <div
            key={row.id}
            className={clsx("forest__row", row.strong && "forest__row--strong", row.baseline && "forest__row--paired")}
            style={{ gridRow: index + 2 }}
          >
            <span className="forest__label">{row.label}</span>
            <div className="forest__mark" style={{ height }}>
              <ForestMark row={row} domain={domain} height={props.rowHeight ?? 25} />
            </div>
            <span className="forest__text" data-tone={row.tone}>
              {rowText(row, format)}
            </span>
          </div>
        ))}
        <div className="forest__foot" style={{ gridRow: rows.length + 2 }} />
      </div>
    </div>
  );
}

function ForestMark({ row, domain, height }: { row: ForestRow; domain: Bounds; height: number }) {
  const middle = height / 2;
  const shift = row.baseline ? 6 : 0;
  const x = (value: number) => percentOf(linearScale(domain, [0, 1])(value));
  return (
    <svg width="100%" height={height}>
      {row.baseline && row.baseline.value !== null && (
        <Whisker
          value={row.baseline.value}
          interval={row.baseline.interval}
          domain={domain}
          y={middle - shift}
          tone="base"
          hollow
          cap={0}
        />
      )}
      {row.value !== null && (
        <Whisker
          value={row.value}
          interval={row.interval}
          domain={domain}
          y={middle + shift}
          tone={row.tone}
          strong={row.strong}
          final={row.final}
          cap={row.baseline ? 0 : 5}
        />
      )}
      {row.value === null &&
        row.points?.map((point, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- equal values are told apart by nothing else
          <circle
            key={index}
            data-tone="neutral"
            className="hollow"
            cx={x(point)}
            cy={middle - 5 * (row.points?.slice(0, index).filter((other) => other === point).length ?? 0)}
            r="3"
          />
        ))}
    </svg>
  );
}
