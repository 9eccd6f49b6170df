import type { Schemas } from "@/services/http";

type ExperimentStatus = Schemas["ExperimentStatus"];
export type CaseState = Schemas["CaseState"];

export const STATUSES: readonly ExperimentStatus[] = [
  "running",
  "pending",
  "paused",
  "rolling_up",
  "completed",
  "completed_with_errors",
  "failed",
  "cancelled",
];
export const STATUS_WORDS: Readonly<Record<ExperimentStatus, string>> = {
  pending: "Queued",
  running: "Running",
  paused: "Paused",
  rolling_up: "Summing up",
  completed: "Completed",
  completed_with_errors: "Completed with errors",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const RULINGS: readonly Schemas["Ruling"][] = ["regression", "pass", "inconclusive", "not_comparable", "invalid", "budget_exhausted"];

const FINAL: ReadonlySet<ExperimentStatus> = new Set(["completed", "completed_with_errors", "failed", "cancelled"]);
export const isFinal = (status: ExperimentStatus): boolean => FINAL.has(status);

export const FAILED_STATES = [
  "template_error",
  "provider_error",
  "judge_error",
  "judge_unparseable",
  "worker_lost",
  "budget_skipped",
  "cancelled",
] as const satisfies readonly CaseState[];

export const CASE_STATES: readonly CaseState[] = ["scored", ...FAILED_STATES];

export const STATE_WORDS: Readonly<Record<CaseState, string>> = {
  scored: "scored",
  template_error: "failed: template",
  provider_error: "failed: model",
  judge_error: "failed: judge",
  judge_unparseable: "failed: judge reply",
  worker_lost: "failed: worker lost",
  budget_skipped: "not run: budget",
  cancelled: "not run: cancelled",
};

/** How a cause reads in the list of errors, and the one thing that mends it. */
export interface Cause {
  title: string;
  hint: string;
}

const CAUSES: Readonly<Record<string, Cause>> = {
  template_error: { title: "The template could not be filled", hint: "Give these examples the missing variables, or make them optional in the version." },
  provider_error: { title: "The model did not answer", hint: "Look at the provider's state in the settings, then retry the failed cases." },
  authentication: { title: "The provider refused the key", hint: "Check the key and what it may use, in the settings under Providers." },
  model_not_found: { title: "The provider has no such model", hint: "Correct the model's name in the version, or choose another model." },
  rate_limited: { title: "The provider limits this key", hint: "Wait a while, lower the concurrency, or raise the limit at the provider." },
  timeout: { title: "No answer in time", hint: "Retry the failed cases; if it stays, ask for shorter answers with max_tokens." },
  unavailable: { title: "The provider could not be reached", hint: "Retry when the provider answers again; only missing work is paid for." },
  invalid_request: { title: "The provider refused the request", hint: "Read its own words in a case, then correct the prompt or its parameters." },
  malformed_reply: { title: "The provider's reply could not be read", hint: "Retry the failed cases; if it stays, check the base URL of the provider." },
  interrupted: { title: "The answer was cut off", hint: "Retry the failed cases; only missing work is paid for." },
  judge_error: { title: "The judge did not answer", hint: "Retry the failed cases: the answers are kept, only the judge is asked again." },
  judge_unparseable: { title: "The judge's reply could not be read", hint: "Counted as missing, not as 0. Retry, or choose another judge model." },
  worker_lost: { title: "The worker stopped in the middle", hint: "Retry the failed cases; check in the settings under System that workers run." },
  budget_skipped: { title: "The money was used up", hint: "Either this run's cap or a budget of the workspace: raise the one that is reached, or rerun on a sample of the examples." },
  cancelled: { title: "Cancelled before they ran", hint: "Retry to run what is missing; what is scored stays." },
  internal_error: { title: "The platform itself failed", hint: "Retry the failed cases, and look at the log of the worker." },
};

/** The code says more than the state; what neither knows is told as it is. */
export function causeOf(state: CaseState, errorCode: string | null): Cause {
  return (errorCode && CAUSES[errorCode]) || CAUSES[state] || { title: STATE_WORDS[state], hint: "Open a case to read what happened." };
}

export const TRIGGERS: readonly string[] = ["api", "ci", "evaluate", "schedule", "recorded", "confirm", "rejudge", "bisect", "blame", "demo"];
