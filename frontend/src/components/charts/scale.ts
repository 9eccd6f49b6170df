/** Geometry of the charts: pure functions, so that the drawing files only draw. */

export type Bounds = readonly [number, number];

export interface Axis {
  domain: Bounds;
  /** 3 to 5 round numbers with equal steps. */
  ticks: readonly number[];
}

export interface AxisOptions {
  /** Counts: never a tick at a half. */
  integer?: boolean;
  /** The axis ends at the data, not at the next tick, as long as three ticks remain. */
  tight?: boolean;
}

const MULTIPLES = [1, 2, 2.5, 5];
const MAX_TICKS = 5;
const MIN_TICKS = 3;
const TOLERANCE = 1e-9;
const NOTHING = 1e-12;

export const linearScale =
  (domain: Bounds, range: Bounds) =>
  (value: number): number =>
    range[0] + ((value - domain[0]) / (domain[1] - domain[0])) * (range[1] - range[0]);

export const clamp = (value: number, [low, high]: Bounds): number =>
  Math.min(high, Math.max(low, value));

export const percentOf = (share: number): string => `${Number((share * 100).toFixed(3))}%`;

function widened(a: number, b: number, integer: boolean): Bounds {
  const low = Number.isFinite(a) && Number.isFinite(b) ? Math.min(a, b) : 0;
  const high = Number.isFinite(a) && Number.isFinite(b) ? Math.max(a, b) : 1;
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < NOTHING) return [0, 1];
  if (high - low > size * 1e-6) return [low, high];
  const pad = integer ? Math.max(1, size * 0.1) : size * 0.1;
  return [low - pad, high + pad];
}

function steps(span: number, integer: boolean): number[] {
  const power = Math.floor(Math.log10(span / MAX_TICKS));
  return [-1, 0, 1, 2]
    .flatMap((shift) => MULTIPLES.map((multiple) => multiple * 10 ** (power + shift)))
    .filter((step) => !integer || (step >= 1 && Number.isInteger(Number(step.toPrecision(6)))));
}

/** The smallest round step that needs at most five ticks; steps at most double, so it has at least three. */
export function niceAxis(a: number, b: number, { integer = false, tight = false }: AxisOptions = {}): Axis {
  const [low, high] = widened(a, b, integer);
  const first = (step: number) => Math.floor(low / step + TOLERANCE);
  const last = (step: number) => Math.ceil(high / step - TOLERANCE);
  const candidates = steps(high - low, integer);
  const step = candidates.find((size) => last(size) - first(size) < MAX_TICKS) ?? 1;
  const from = first(step);
  const to = Math.max(last(step), from + MIN_TICKS - 1);
  const ticks = Array.from({ length: to - from + 1 }, (_, index) =>
    Number(((from + index) * step).toPrecision(12)),
  );
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  if (tight && inside.length >= MIN_TICKS) return { domain: [low, high], ticks: inside };
  return { domain: [from * step, to * step], ticks };
}

/** The range that holds all numbers given; missing ones are left out, not taken for 0. */
export function extent(values: Iterable<number | null | undefined>): Bounds | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

export interface Point {
  x: number;
  y: number;
}

export interface Span {
  x: number;
  low: number;
  high: number;
}

/** Splits at missing entries. A gap is never bridged. */
export function segments<T>(entries: readonly (T | null)[]): T[][] {
  const parts: T[][] = [];
  let open: T[] | null = null;
  for (const entry of entries) {
    if (entry === null) {
      open = null;
    } else if (open === null) {
      open = [entry];
      parts.push(open);
    } else {
      open.push(entry);
    }
  }
  return parts;
}

const pair = (x: number, y: number) => `${x.toFixed(2)} ${y.toFixed(1)}`;

export const linePath = (points: readonly (Point | null)[]): string =>
  segments(points)
    .map((part) => `M${part.map(({ x, y }) => pair(x, y)).join("L")}`)
    .join("");

export const bandPath = (spans: readonly (Span | null)[]): string =>
  segments(spans)
    .map((part) => {
      const upper = part.map(({ x, high }) => pair(x, high));
      const lower = part.map(({ x, low }) => pair(x, low)).toReversed();
      return `M${[...upper, ...lower].join("L")}Z`;
    })
    .join("");

/** First and last index of every stretch in which `missing` holds. */
export function stretches(length: number, missing: (index: number) => boolean): Bounds[] {
  const indices = Array.from({ length }, (_, index) => (missing(index) ? index : null));
  return segments(indices).map((part) => [part[0] ?? 0, part.at(-1) ?? 0]);
}

/** Moves labels apart until each has `gap` pixels, keeping their order and staying inside the room if it is large enough. */
export function spread(positions: readonly number[], gap: number, room: Bounds): number[] {
  const order = positions.map((y, index) => ({ y, index })).toSorted((a, b) => a.y - b.y);
  let next = room[0];
  const down = order.map(({ y, index }) => {
    const at = Math.max(y, next);
    next = at + gap;
    return { y: at, index };
  });
  let limit = room[1];
  const moved = [...positions];
  for (const { y, index } of down.toReversed()) {
    const at = Math.min(y, limit);
    limit = at - gap;
    moved[index] = at;
  }
  return moved;
}

/** Where a moment lies among ordered buckets, in bucket steps; null outside of them. */
export function bucketAt(starts: readonly string[], moment: string): number | null {
  const times = starts.map((start) => Date.parse(start));
  const at = Date.parse(moment);
  const next = times.findIndex((time) => time > at);
  if (next === 0 || Number.isNaN(at) || times.length === 0) return null;
  if (next > 0) {
    const [before = 0, after = 0] = [times[next - 1], times[next]];
    return next - 1 + (at - before) / (after - before);
  }
  const [previous = 0, final = 0] = times.slice(-2);
  const width = times.length > 1 ? final - previous : 0;
  return at <= final + width ? times.length - 1 : null;
}

export const bucketName = (names: readonly string[], at: number): string => names[Math.round(at)] ?? "";
