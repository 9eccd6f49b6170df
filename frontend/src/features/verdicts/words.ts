import type { Schemas } from "@/services/http";

export type Ruling = Schemas["Ruling"];

/** How a ruling looks: several rulings share a face, each has its own word. */
export type Tone = "pass" | "regression" | "inconclusive" | "invalid" | "running";

const TONES: Readonly<Record<Ruling, Tone>> = {
  pass: "pass",
  regression: "regression",
  inconclusive: "inconclusive",
  not_comparable: "invalid",
  invalid: "invalid",
  budget_exhausted: "invalid",
};
const WORDS: Readonly<Record<Ruling, string>> = {
  pass: "Pass",
  regression: "Regression",
  inconclusive: "Inconclusive",
  not_comparable: "Not comparable",
  invalid: "Invalid",
  budget_exhausted: "Budget used up",
};

/** As the server's sentences call them; a judge goes by its own name. */
const METRICS: Readonly<Record<string, string>> = { failure: "share of failures", hallucination_rate: "hallucination rate" };

export const metricName = (metric: string): string => METRICS[metric] ?? metric;
export const sentenceCase = (line: string): string => line.charAt(0).toUpperCase() + line.slice(1);

export const toneOf = (ruling: Ruling | null): Tone => (ruling === null ? "running" : TONES[ruling]);
export const wordOf = (ruling: Ruling | null): string => (ruling === null ? "No verdict yet" : WORDS[ruling]);
