import type { Schemas } from "@/services/http";
import type { Kind, Webhook } from "./api";

type EventKind = Schemas["EventKind"];

/** What can happen, in words; the order is that of the sheet. */
export const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  "experiment.regressed": "Regression found",
  "experiment.completed": "Experiment done",
  "prompt.label_moved": "Label moved",
  "budget.alert": "Budget alert",
  "budget.exceeded": "Budget used up",
  "drift.detected": "Drift",
  "judge.changed": "Judge changed",
  "schedule.failed": "Schedule failed",
  "review.completed": "Judge examined",
  "webhook.disabled": "Webhook switched off",
  "webhook.test": "Test",
};

const isKind = (word: string): word is Kind => word !== "webhook.test" && Object.hasOwn(KIND_WORDS, word);
export const KINDS: readonly Kind[] = Object.keys(KIND_WORDS).filter(isKind);

/** Only what a webhook can ask for. */
export const kindsOf = (words: readonly string[]): Kind[] => words.filter(isKind);

/** `hooks.example.org/llmops`: what people call it. */
export function placeOf(url: string): string {
  const found = URL.parse(url);
  return found ? `${found.host}${found.pathname === "/" ? "" : found.pathname}` : url;
}

export const nameOf = ({ url, description }: Pick<Webhook, "url" | "description">): string => description || placeOf(url);
