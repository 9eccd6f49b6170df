import { useQuery } from "@tanstack/react-query";
import { meOptions } from "@/features/session/api";

const zoneOfBrowser = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time zone of one's profile; its days are the days of the figures. */
export const zoneOf = (me: { time_zone?: string | null } | undefined): string => me?.time_zone ?? zoneOfBrowser();

export const useZone = (): string => zoneOf(useQuery(meOptions).data);

const DAY_MS = 86_400_000;

/** `2026-11-14`, as the calendar of the zone says. */
export const dayOf = (at: number, zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);

export const addDays = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

function offset(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second"));
  return local - Math.floor(at / 1000) * 1000;
}

/** The moment at which a day of the calendar begins in the zone. */
export function startOfDay(day: string, zone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const guess = utc - offset(utc, zone);
  const start = utc - offset(guess, zone); // the clock may have been changed between the two
  return dayOf(start, zone) === day ? start : guess; // or midnight itself be skipped
}

const written = (at: number | string, zone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(new Date(at));

/** `14 Nov` */
export const dayName = (at: number | string, zone: string): string => written(at, zone, { day: "numeric", month: "short" });
/** `10:00` */
export const clock = (at: number | string, zone: string): string => written(at, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
/** `14 Nov, 10:00` */
export const dayAndClock = (at: number | string, zone: string): string => `${dayName(at, zone)}, ${clock(at, zone)}`;
