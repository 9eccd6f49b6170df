import { Check, Hourglass } from "lucide-react";
import type { Schemas } from "@/services/http";

const WORDS: Readonly<Record<NonNullable<Schemas["CircuitRead"]["state"]>, string>> = {
  closed: "closed",
  open: "open, left alone for now",
  half_open: "half open, the next call decides",
};

/** Whether a provider is left alone because it kept failing. */
export function CircuitState({ state }: { state: Schemas["CircuitRead"]["state"] }) {
  if (state === null) return <span className="small t3">not known</span>;
  const Icon = state === "closed" ? Check : Hourglass;
  return (
    <span className={state === "closed" ? "row small t2" : "row small verdict--inconclusive"}>
      <Icon className="icon" aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
