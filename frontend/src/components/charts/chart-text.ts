import type { Figure, Format } from "@/components/charts/chart-types";
import type { Bounds } from "@/components/charts/scale";
import { MISSING, count, interval } from "@/lib/format";

export const NOT_ENOUGH = "not enough data";

/** The figure carries the unit; in its interval it would only repeat. `2.4 s [2.3 … 2.5]`. */
const withoutUnit = (text: string): string => text.replace("$", "").replace(/[\s\u00a0][^\d]+$/, "");

export const bareInterval = (bounds: Bounds, format: Format): string =>
  interval(bounds, (end) => withoutUnit(format(end)));

export function changeText(before: number, after: number, format: Format): string {
  const [from, to] = [format(before), format(after)];
  const unit = to.slice(withoutUnit(to).length);
  return `${unit && from.endsWith(unit) ? from.slice(0, -unit.length) : from} → ${to}`;
}

/** `0.87 [0.80 … 0.91], n=96`: the one form of an estimate in labels and tables. */
export function figureText({ value, interval: bounds, n }: Figure, format: Format): string {
  const size = n === undefined ? "" : `, n=${count(n)}`;
  if (value === null) return `${NOT_ENOUGH}${size}`;
  const range = bounds ? ` ${bareInterval(bounds, format)}` : "";
  return `${format(value)}${range}${size}`;
}

/** The same estimate for a listener: brackets and dots are not read out. */
export function spokenFigure({ value, interval: bounds, n }: Figure, format: Format): string {
  const size = n === undefined ? "" : `, n=${count(n)}`;
  if (value === null) return `${NOT_ENOUGH}${size}`;
  const range = bounds ? `, ${format(bounds[0])} to ${format(bounds[1])}` : "";
  return `${format(value)}${range}${size}`;
}

export const cell = (value: number | null | undefined, format: Format): string =>
  value === null || value === undefined ? MISSING : format(value);

export const boundsCell = (bounds: Bounds | null | undefined, format: Format): string =>
  bounds ? bareInterval(bounds, format) : MISSING;

export const sentence = (title: string, parts: readonly string[]): string =>
  `${title}. ${parts.filter(Boolean).join("; ")}.`;

/** Room for the longest of some 11 px labels, in pixels. */
export const roomFor = (labels: readonly string[], extra: number): number =>
  Math.ceil(Math.max(0, ...labels.map((label) => label.length)) * 6.3 + extra);
