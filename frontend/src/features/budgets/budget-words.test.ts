import fc from "fast-check";
import { expect, test } from "vitest";
import type { Budget } from "./api";
import { forecastWords, partsOf, percentOf, shareOf } from "./budget-words";

const MONTH = {
  scope: "workspace",
  object_name: null,
  period: "month",
  time_zone: "Europe/Berlin",
  limit_usd: "40",
  alert_share: "0.8",
  spent_usd: "28",
  reserved_usd: "0",
  period_to: "2026-11-30T23:00:00Z",
  forecast: { usd: "41.2", days: 20.5, limit_at: "2026-11-23T23:30:00Z" },
} as unknown as Budget;

test("a forecast names days on the budget's own clock, and hours where the budget is a day's", () => {
  const day = { ...MONTH, period: "day", period_to: "2026-11-21T23:00:00Z", forecast: { usd: "0.5", days: 0.5, limit_at: "2026-11-21T17:20:00Z" } } as Budget;

  expect(forecastWords(MONTH)).toBe("At this rate $41.20 by 30 Nov; the limit is reached on 24 Nov.");
  expect(forecastWords(day)).toBe("At this rate $0.50 by midnight; the limit is reached at 18:20.");
});

test("without enough to go by there is no forecast, and a limit that is passed is not foretold", () => {
  const over = { ...MONTH, spent_usd: "40", forecast: { usd: "58", days: 20.5, limit_at: null } } as Budget;

  expect(forecastWords({ ...MONTH, forecast: null })).toBe("A forecast follows after the first two days.");
  expect(forecastWords({ ...MONTH, spent_usd: "0" })).toBe("Nothing is spent yet.");
  expect(forecastWords(over)).toBe("At this rate $58.00 by 30 Nov.");
});

test("the bar never runs over its limit", () => {
  const amount = fc.double({ min: 0, max: 1e6, noNaN: true }).map(String);
  fc.assert(
    fc.property(amount, amount, fc.double({ min: 0.01, max: 1e6, noNaN: true }).map(String), (spent_usd, reserved_usd, limit_usd) => {
      const { spent, reserved } = partsOf({ spent_usd, reserved_usd, limit_usd, alert_share: "0.8" });

      expect(Math.min(spent, reserved)).toBeGreaterThanOrEqual(0);
      expect(spent + reserved).toBeLessThanOrEqual(100 + 1e-9);
    }),
  );
});

test("a share comes back as the percent it was typed as, to three places", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), (tenths) => percentOf(shareOf(String(tenths / 10))) === String(tenths / 10)));
  expect(shareOf("eighty")).toBe("eighty");
});
