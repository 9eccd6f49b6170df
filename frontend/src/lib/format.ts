/** Numbers as people read them: U+2212 for minus, intervals as `[lo … hi]`, never an estimate without its n. */

import { once } from "./once";

export type Interval = readonly [number, number];

export interface Estimate {
  value: number;
  interval: Interval | null;
  n: number;
}

const MINUS = "\u2212";
export const MISSING = "\u00b7";

const signed = (text: string) => text.replace("-", MINUS);

export function decimal(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return signed(Number(text) === 0 ? text.replace("-", "") : text);
}

export function difference(value: number, digits = 2): string {
  const text = decimal(value, digits);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

export function percent(share: number, digits = 1): string {
  return `${decimal(share * 100, digits)}\u00a0%`;
}

export function points(share: number, digits = 1): string {
  return `${difference(share * 100, digits)} pt`;
}

export function interval(bounds: Interval, format: (value: number) => string = decimal): string {
  return `[${format(bounds[0])} … ${format(bounds[1])}]`;
}

const counts = once(() => new Intl.NumberFormat("en"));

export const count = (value: number): string => counts().format(value);

/** Money arrives as a decimal string or not at all: an unknown price is unknown, not 0. */
export function money(amount: string | null | undefined): string {
  if (amount === null || amount === undefined) return "price unknown";
  const value = Number(amount);
  if (value === 0) return "$0";
  const digits = value >= 100 ? 0 : value >= 1 ? 2 : value >= 0.01 ? 3 : 5;
  return `$${value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: Math.min(2, digits) })}`;
}

export function duration(ms: number): string {
  if (ms < 9.95) return `${decimal(ms, Number.isInteger(ms) ? 0 : 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  const whole = Math.round(seconds);
  if (whole < 60) return `${decimal(seconds, seconds < 9.95 ? 1 : 0)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let step = 0;
  let value = size;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${decimal(value, step === 0 || value >= 100 ? 0 : 1)} ${units[step]}`;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = once(() => new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" }));
const formats = (timeZone?: string) => {
  const of = (options: Intl.DateTimeFormatOptions) => once(() => new Intl.DateTimeFormat("en-GB", { ...options, ...(timeZone && { timeZone }) }));
  return { moments: of({ dateStyle: "medium", timeStyle: "short" }), days: of({ day: "numeric", month: "short" }) };
};
const calendar = formats("UTC");
let local = formats();

/** That of the reader's profile, for every moment that is written; none is the browser's. */
export function setZone(zone: string | null | undefined): void {
  local = formats(zone ?? undefined);
}

export function ago(at: string, from: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - from) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative().format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

export const moment = (at: string): string => local.moments().format(new Date(at));

const DAY_ONLY = "2026-11-14".length;

/** A day of the calendar has no zone. */
export const day = (at: string): string => (at.length === DAY_ONLY ? calendar : local).days().format(new Date(at));

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;
