import { count } from "@/lib/format";
import type { Provider } from "./api";

type Limit = NonNullable<Provider["models"][number]["limit"]>;

const pace = (perMinute: number | null, what: string) => (perMinute === null ? [] : [`${count(Math.round(perMinute))} ${what} a minute`]);

/** What all workers share for one model at this moment, in one line. */
export function limitNow(limit: Limit): string {
  const held = limit.held_until === null ? [] : [`held until ${new Date(limit.held_until).toLocaleTimeString("en-GB")}`];
  return [
    `${count(limit.in_flight)} in flight`,
    `${count(limit.concurrency)} at once for experiments`,
    ...held,
    ...pace(limit.requests_per_minute, "requests"),
    ...pace(limit.tokens_per_minute, "tokens"),
  ].join(", ");
}
