import { type AnalyticsFilters, type Every, type Preset, asPreset, isDay } from "./filters";
import { addDays, clock, dayAndClock, dayName, dayOf, startOfDay } from "./zone";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MOST_DAYS = 399;
const MOST_DAYS_OF_HOURS = 31;
const USUAL: Preset = "-30d";

export interface Window {
  from: string;
  to: string;
  interval: Every;
  preset: Preset | undefined;
  /** `in the last 30 days`, `on 14 Nov`. */
  words: string;
}

interface Span {
  from: number;
  to: number;
}

function recent(preset: Preset, now: number, zone: string): Span {
  if (preset === "-24h") return { from: Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS, to: now };
  const days = Number(preset.slice(1, -1));
  return { from: startOfDay(addDays(dayOf(now, zone), 1 - days), zone), to: now };
}

function asked({ from, to }: AnalyticsFilters, now: number, zone: string): Span | null {
  if (from === undefined || asPreset(from)) return null;
  const begin = isDay(from) ? startOfDay(from, zone) : Date.parse(from);
  const end = to === undefined || asPreset(to) ? now : isDay(to) ? startOfDay(addDays(to, 1), zone) : Date.parse(to);
  return begin < end && end - begin <= MOST_DAYS * DAY_MS && begin >= Date.UTC(2000, 0, 2) ? { from: begin, to: end } : null;
}

export const mayBeHours = ({ from, to }: { from: string; to: string }): boolean =>
  Date.parse(to) - Date.parse(from) <= MOST_DAYS_OF_HOURS * DAY_MS;

function every({ from, to }: Span, wanted: Every | undefined): Every {
  const days = (to - from) / DAY_MS;
  if (wanted !== undefined && (wanted !== "hour" || days <= MOST_DAYS_OF_HOURS)) return wanted;
  if (days <= 2.1) return "hour";
  return days <= 120 ? "day" : "week";
}

function inWords({ from, to }: Span, zone: string): string {
  const [first, last] = [dayOf(from, zone), dayOf(to - 1, zone)];
  const isWhole = startOfDay(first, zone) === from && startOfDay(addDays(last, 1), zone) === to;
  if (first === last) return isWhole ? `on ${dayName(from, zone)}` : `on ${dayAndClock(from, zone)} to ${clock(to, zone)}`;
  return `from ${dayName(from, zone)} to ${dayName(to - 1, zone)}`;
}

/** The window the address asks for; what cannot be asked for is the last 30 days. */
export function windowOf(filters: AnalyticsFilters, now: number, zone: string): Window {
  const own = asked(filters, now, zone);
  const preset = own ? undefined : (asPreset(filters.from) ?? USUAL);
  const span = own ?? recent(preset ?? USUAL, now, zone);
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    interval: every(span, filters.interval),
    preset,
    words: preset ? `in the last ${preset.slice(1).replace("h", " hours").replace("d", " days")}` : inWords(span, zone),
  };
}

interface Cut {
  from: string;
  to: string;
  interval: Every;
  buckets: readonly string[];
}

/** The window of one bucket, as the address says it; nothing where it is the whole window already. */
export function bucketWindow({ from, to, interval, buckets }: Cut, index: number, zone: string): Pick<AnalyticsFilters, "from" | "to"> | undefined {
  const start = buckets[index];
  if (start === undefined || buckets.length < 2) return undefined;
  const begin = Math.max(Date.parse(start), Date.parse(from));
  const end = Math.min(Date.parse(buckets[index + 1] ?? to), Date.parse(to));
  if (interval === "hour") return { from: new Date(begin).toISOString(), to: new Date(end).toISOString() };
  return { from: dayOf(begin, zone), to: dayOf(end - 1, zone) };
}

export function bucketNames({ from, to, interval, buckets }: Cut, zone: string): string[] {
  const isShort = Date.parse(to) - Date.parse(from) <= 1.05 * DAY_MS;
  return buckets.map((at) => {
    if (interval === "hour") return isShort ? clock(at, zone) : dayAndClock(at, zone);
    return interval === "week" ? `week of ${dayName(at, zone)}` : dayName(at, zone);
  });
}
