import { expect, test } from "vitest";
import { faceOf, whenOf } from "./drift-words";

const alarm = (cause: "judge" | "model" | "unknown", direction: "up" | "down" = "down") => ({
  test: "cusum" as const,
  direction,
  cause,
  found_at: "2026-03-12T06:00:00Z",
  changed_at: "2026-03-08T06:00:00Z",
  experiment_id: "e",
  sentence: "It fell.",
});

test("a judge that moved makes scores incomparable, and is no regression", () => {
  expect(faceOf("alarm", alarm("judge"))).toEqual({ tone: "invalid", word: "Judge changed" });
  expect(faceOf("alarm", alarm("model"))).toEqual({ tone: "regression", word: "Answers changed" });
});

test("a rise, or a change nobody can name, is not red", () => {
  expect(faceOf("alarm", alarm("model", "up")).tone).toBe("inconclusive");
  expect(faceOf("alarm", alarm("unknown")).tone).toBe("inconclusive");
  expect(faceOf("alarm", undefined).tone).toBe("inconclusive");
});

const when = (cron: string, time_zone = "UTC") => whenOf({ cron, time_zone });

test("plain times are words, others stay as they were written", () => {
  expect(when("0 6 * * *")).toBe("daily 06:00 UTC");
  expect(when("5 6 * * 1-5", "Europe/Berlin")).toBe("weekdays 06:05");
  expect(when("0 6 * * 1")).toBe("Mondays 06:00 UTC");
  expect(when("*/15 * * * *")).toBe("*/15 * * * *");
  expect(when("0 6 1 * *")).toBe("0 6 1 * *");
});
