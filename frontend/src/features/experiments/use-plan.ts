import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "@/services/http";
import { fieldOf } from "@/services/form-errors";
import { type Request, planOptions } from "./plan-api";

const WAIT_MS = 400;

/** The request as it was when nobody had changed it for a moment. */
function useSettled(request: Request | null): Request | null {
  const text = JSON.stringify(request);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.parse(settled) as Request | null;
}

/** What the server plans for the request, asked again when it has not changed for a moment. */
export function usePlan(request: Request | null) {
  const settled = useSettled(request);
  const plan = useQuery(planOptions(settled));
  return { plan, isSettled: JSON.stringify(settled) === JSON.stringify(request) && !plan.isFetching };
}

export interface Complaints {
  /** By the field's name; a field inside a list is its list. */
  at: Readonly<Record<string, string>>;
  /** What belongs to no field. */
  rest: string | null;
}

const FIELDS: readonly string[] = [
  "prompt",
  "experiment_name",
  "versions",
  "baseline",
  "models",
  "golden",
  "evaluators",
  "repeats",
  "gate",
  "max_cost_usd",
  "concurrency",
  "adaptive",
  "tags",
];

/** The refusal's sentences at the fields they are about. */
export function complaintsOf(error: Error | null): Complaints {
  if (!(error instanceof ApiError)) return { at: {}, rest: error ? error.message : null };
  const at: Record<string, string> = {};
  const rest: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const [field = ""] = fieldOf(pointer).split(".");
    if (FIELDS.includes(field)) at[field] ??= detail;
    else rest.push(detail);
  }
  if (error.errors.length === 0) rest.push(error.detail || error.title);
  return { at, rest: rest.length > 0 ? rest.join(" ") : null };
}
