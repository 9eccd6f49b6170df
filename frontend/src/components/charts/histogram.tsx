import { heaviest, histogramLabel } from "@/components/charts/bar-text";
import { roomFor } from "@/components/charts/chart-text";
import type { HistogramProps, Tone } from "@/components/charts/chart-types";
import { Plot } from "@/components/charts/plot";
import { linearScale, niceAxis, percentOf } from "@/components/charts/scale";
import { XLabels, YAxis } from "@/components/charts/y-axis";
import { count, percent } from "@/lib/format";

const TOP = 14;
const FOOT = 32;

/** How many cases have each score. Bars start at 0. */
export function Histogram(props: HistogramProps) {
  const { names, bins, counts = true, height = 172 } = props;
  const bottom = height - FOOT;
  const axis = niceAxis(0, Math.max(1, ...bins.flatMap((bin) => bin.counts)), { integer: true, tight: true });
  const y = linearScale(axis.domain, [bottom, TOP + 6]);
  const slot = 1 / Math.max(1, bins.length);
  const wide = names.length === 2;
  const bar = slot * (wide ? 0.36 : 0.62);
  const tones: readonly Tone[] = wide ? ["base", "cand"] : ["base"];
  const start = (index: number, part: number) =>
    (index + 0.5) * slot - (wide ? bar + slot * 0.015 : bar / 2) + part * (bar + slot * 0.03);
  const every = Math.ceil(bins.length / 10);
  return (
    <Plot label={histogramLabel(props)} height={height} left={roomFor(axis.ticks.map((value) => count(value)), 10)} minWidth={240}>
      <YAxis ticks={axis.ticks} y={y} format={count} />
      {bins.map((bin, index) => (
        <g key={bin.label} aria-hidden="true">
          {tones.map((tone, part) => {
            const value = bin.counts[part] ?? 0;
            return (
              <g key={tone} data-tone={tone}>
                <rect
                  className="fill"
                  x={percentOf(start(index, part))}
                  width={percentOf(bar)}
                  y={y(value)}
                  height={bottom - y(value)}
                />
                {counts && (
                  <text x={percentOf(start(index, part) + bar / 2)} y={y(value) - 5} textAnchor="middle">
                    {count(value)}
                  </text>
                )}
              </g>
            );
          })}
        </g>
      ))}
      <XLabels
        y={bottom + 18}
        labels={bins.flatMap(({ label }, index) =>
          index % every === 0 ? [{ at: (index + 0.5) * slot, text: label }] : [],
        )}
      />
    </Plot>
  );
}

/** For the foot: says so when more than 30 % of all values are the same. */
export function HistogramWarning({ bins, hint }: Pick<HistogramProps, "bins"> & { hint?: string }) {
  const most = heaviest(bins);
  if (most === null) return null;
  return <span>{`${percent(most.share, 0)} of values are ${most.label}${hint ? `: ${hint}` : ""}`}</span>;
}
