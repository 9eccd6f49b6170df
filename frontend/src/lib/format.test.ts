import fc from "fast-check";
import { expect, test } from "vitest";
import { ago, bytes, day, decimal, difference, duration, interval, moment, money, percent, plural, setZone } from "./format";

test("minus is the sign and never stands before a zero", () => {
  expect(decimal(-0.07)).toBe("\u22120.07");
  expect(decimal(-0.001)).toBe("0.00");
  fc.assert(fc.property(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), (value) => !decimal(value).includes("-")));
});

test("a difference wears its sign, also the plus", () => {
  expect(difference(0.031)).toBe("+0.03");
  expect(difference(-0.031)).toBe("\u22120.03");
  expect(difference(0.001)).toBe("0.00");
});

test("an unknown price is words, not a number", () => {
  expect(money(null)).toBe("price unknown");
  expect(money("0")).toBe("$0");
  expect(money("0.0123")).toBe("$0.012");
  expect(money("163.4")).toBe("$163");
});

test("intervals, shares, times and sizes read as in the documents", () => {
  expect(interval([0.8, 0.914])).toBe("[0.80 … 0.91]");
  expect(percent(0.042)).toBe("4.2\u00a0%");
  expect(duration(0.42)).toBe("0.4 ms");
  expect(duration(12.4)).toBe("12 ms");
  expect(duration(2_400)).toBe("2.4 s");
  expect(duration(95_000)).toBe("1 min 35 s");
  expect(duration(59_700)).toBe("1 min 0 s");
  expect(duration(119_800)).toBe("2 min 0 s");
  expect(duration(3_599_900)).toBe("1 h 0 min");
  expect(bytes(1536)).toBe("1.5 KiB");
  expect(plural(1, "case")).toBe("1 case");
  expect(ago("2026-01-01T00:00:00Z", Date.parse("2026-01-01T03:00:00Z"))).toBe("3 hr. ago");
});

test("a moment is written in the zone of the profile, and a day of the calendar has none", () => {
  setZone("Pacific/Auckland");
  expect(moment("2026-01-01T23:30:00Z")).toBe("2 Jan 2026, 12:30");
  expect(day("2026-01-01T23:30:00Z")).toBe("2 Jan");
  setZone("America/New_York");
  expect(day("2026-01-01")).toBe("1 Jan");
  setZone(null);
});
