import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketWindow, windowOf } from "./window";
import { addDays, dayOf, startOfDay } from "./zone";

const NOW = Date.parse("2026-11-21T10:11:00Z");
const BERLIN = "Europe/Berlin";

test("seven days are today and the six before, from midnight where the reader is", () => {
  const window = windowOf({ from: "-7d" }, NOW, BERLIN);
  expect(window).toMatchObject({ from: "2026-11-14T23:00:00.000Z", to: "2026-11-21T10:11:00.000Z", interval: "day", words: "in the last 7 days" });
});

test("a day counts from its first to its last hour, also when the clock is changed on it", () => {
  expect(windowOf({ from: "2026-10-25", to: "2026-10-25" }, NOW, BERLIN)).toMatchObject({
    from: "2026-10-24T22:00:00.000Z",
    to: "2026-10-25T23:00:00.000Z",
    interval: "hour",
    words: "on 25 Oct",
  });
});

test("a window that cannot be asked for is the last 30 days", () => {
  const usual = windowOf({}, NOW, BERLIN);
  expect(windowOf({ from: "2026-11-21", to: "2026-11-01" }, NOW, BERLIN)).toEqual(usual);
  expect(windowOf({ from: "2024-01-01", to: "2026-11-01" }, NOW, BERLIN)).toEqual(usual);
  expect(windowOf({ from: "2026-09-01", to: "2026-11-01", interval: "hour" }, NOW, BERLIN).interval).toBe("day");
});

test("every day of every zone begins on that day and not a second before", () => {
  const zones = ["UTC", BERLIN, "America/St_Johns", "Pacific/Chatham", "America/Sao_Paulo"];
  const days = fc.integer({ min: 0, max: 9_000 }).map((days) => addDays("2005-01-01", days));
  expect(dayOf(startOfDay("2017-10-15", "America/Sao_Paulo"), "America/Sao_Paulo")).toBe("2017-10-15");
  fc.assert(
    fc.property(days, fc.constantFrom(...zones), (day, zone) => {
      const start = startOfDay(day, zone);
      return dayOf(start, zone) === day && dayOf(start - 1000, zone) < day;
    }),
  );
});

test("the window of a bucket stays inside the window that was asked for", () => {
  const week = { from: "2026-11-04T00:00:00Z", to: "2026-11-21T10:00:00Z", interval: "week" as const, buckets: ["2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"] };
  expect(bucketWindow(week, 0, "UTC")).toEqual({ from: "2026-11-04", to: "2026-11-08" });
  expect(bucketWindow(week, 2, "UTC")).toEqual({ from: "2026-11-16", to: "2026-11-21" });
  expect(bucketWindow({ ...week, buckets: week.buckets.slice(0, 1) }, 0, "UTC")).toBeUndefined();
});
