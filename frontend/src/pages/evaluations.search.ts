import { type RawSearch, flag, oneOf, text } from "@/lib/search-params";

export interface EvaluationsSearch {
  tab?: "judges" | "certificates" | "queue" | "drift";
  /** The sheet of a new judge is open. */
  new?: true;
  /** The sheet that asks for a certificate is open. */
  ask?: true;
  /** The sheet of a new canary is open. */
  canary?: true;
  certificate?: string;
  /** Whose judge report is shown, and of which evaluator. */
  experiment?: string;
  evaluator?: string;
  /** Whose drift is drawn. */
  schedule?: string;
  /** The sheet of a schedule is open: `new`, or the id of the one that is changed. */
  plan?: string;
}

export function evaluationsSearch(raw: RawSearch): EvaluationsSearch {
  const tab = oneOf(raw, "tab", ["judges", "certificates", "queue", "drift"]);
  const [certificate, experiment, evaluator] = [text(raw, "certificate"), text(raw, "experiment"), text(raw, "evaluator")];
  const [schedule, plan] = [text(raw, "schedule"), text(raw, "plan")];
  return {
    ...(tab && { tab }),
    ...(flag(raw, "new") && { new: true }),
    ...(flag(raw, "ask") && { ask: true }),
    ...(flag(raw, "canary") && { canary: true }),
    ...(certificate && { certificate }),
    ...(experiment && { experiment }),
    ...(evaluator && { evaluator }),
    ...(schedule && { schedule }),
    ...(plan && { plan }),
  };
}
