import { clock, dayName } from "@/features/analytics/zone";
import { money } from "@/lib/format";
import type { Budget, NewBudget } from "./api";

const OF: Readonly<Record<Budget["scope"], string>> = { workspace: "The workspace", prompt: "A prompt", key: "An API key" };

export const objectOf = ({ scope, object_name }: Pick<Budget, "scope" | "object_name">): string => object_name ?? OF[scope];

/** "support/answer, a month": what a sentence calls it. */
export const nameOf = (budget: Pick<Budget, "scope" | "object_name" | "period">): string => `${objectOf(budget)}, a ${budget.period}`;

const cents = (amount: string): string => {
  const value = Number(amount);
  return value >= 0.01 && value < 1 ? `$${value.toFixed(2)}` : money(amount);
};

/** What the period will have cost, and when the limit is reached: days of a month, hours of a day, on the budget's clock. */
export function forecastWords({ forecast, period, period_to, time_zone, spent_usd, limit_usd }: Budget): string {
  if (Number(spent_usd) === 0) return "Nothing is spent yet.";
  if (!forecast) return `A forecast follows after the first two ${period === "day" ? "hours" : "days"}.`;
  const isDay = period === "day";
  const end = isDay ? "midnight" : dayName(Date.parse(period_to) - 1, time_zone);
  const rate = `At this rate ${cents(forecast.usd)} by ${end}`;
  if (Number(spent_usd) >= Number(limit_usd)) return `${rate}.`;
  if (!forecast.limit_at) return `${rate}; the limit holds.`;
  const at = isDay ? `at ${clock(forecast.limit_at, time_zone)}` : `on ${dayName(forecast.limit_at, time_zone)}`;
  return `${rate}; the limit is reached ${at}.`;
}

interface Parts {
  /** Shares of the bar, which is the limit, in percent. */
  spent: number;
  reserved: number;
  alert: number;
}

/** A bar never runs over: what is beyond the limit stands in the figures. */
export function partsOf({ spent_usd, reserved_usd, limit_usd, alert_share }: Pick<Budget, "spent_usd" | "reserved_usd" | "limit_usd" | "alert_share">): Parts {
  const limit = Number(limit_usd);
  const spent = Math.min(100, (Number(spent_usd) / limit) * 100);
  const reserved = Math.min(100 - spent, (Number(reserved_usd) / limit) * 100);
  return { spent, reserved, alert: Number(alert_share) * 100 };
}

/** `80` as people say it to `0.8` as it is kept; what is no number is left to the server. */
export const shareOf = (percent: string): string => (percent.trim() === "" || Number.isNaN(Number(percent)) ? percent : String(Number((Number(percent) / 100).toFixed(5))));

export const percentOf = (share: string): string => String(Number((Number(share) * 100).toFixed(3)));

/** The same budget once more, to bring back what was deleted. */
export const likeBefore = ({ scope, prompt_id, api_key_id, period, time_zone, limit_usd, alert_share, hard_stop, enabled }: Budget): NewBudget => ({
  scope,
  prompt_id,
  api_key_id,
  period,
  time_zone,
  limit_usd,
  alert_share,
  hard_stop,
  enabled,
});
