import type { Tone } from "@/features/verdicts/words";
import { plural } from "@/lib/format";
import type { Drift, Schedule } from "./api";

type Alarm = Drift["alarms"][number];

interface Face {
  tone: Tone;
  word: string;
}

const STEADY: Face = { tone: "pass", word: "Steady" };
const LEARNING: Face = { tone: "running", word: "Learning" };
const CAUSES: Readonly<Record<Alarm["cause"], string>> = {
  judge: "Judge changed",
  model: "Answers changed",
  unknown: "Changed",
};

/** A judge that moved makes scores incomparable; answers that fell are a regression. */
export function faceOf(state: Drift["state"], alarm: Pick<Alarm, "cause" | "direction"> | undefined): Face {
  if (state === "steady") return STEADY;
  if (state === "learning" || alarm === undefined) return state === "alarm" ? { tone: "inconclusive", word: "Changed" } : LEARNING;
  const word = CAUSES[alarm.cause];
  if (alarm.cause === "judge") return { tone: "invalid", word };
  return { tone: alarm.cause === "model" && alarm.direction === "down" ? "regression" : "inconclusive", word };
}

const DAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];
const pad = (value: string) => value.padStart(2, "0");

/** The plain patterns in words; any other expression as it was written. */
export function whenOf({ cron, time_zone }: Pick<Schedule, "cron" | "time_zone">): string {
  const [minute = "", hour = "", day, month, weekday = ""] = cron.split(/\s+/);
  const zone = time_zone === "UTC" ? " UTC" : "";
  const clock = /^\d+$/.test(minute) && /^\d+$/.test(hour) ? `${pad(hour)}:${pad(minute)}${zone}` : null;
  if (clock === null || day !== "*" || month !== "*") return cron;
  if (weekday === "*") return `daily ${clock}`;
  if (weekday === "1-5") return `weekdays ${clock}`;
  const name = /^[0-6]$/.test(weekday) ? DAYS[Number(weekday)] : undefined;
  return name ? `${name} ${clock}` : cron;
}

export const runsOf = (drift: Drift): string => plural(drift.points.length, "run");
