import { Link } from "@tanstack/react-router";
import { count, plural } from "@/lib/format";
import type { Budget } from "./api";

const SHOWN = 3;

/** Whom the budget stops, or would stop at its limit. */
export function BudgetEffect({ budget: { affected, hard_stop, enabled } }: { budget: Budget }) {
  if (!hard_stop) return <span className="t3">nothing: it only tells</span>;
  const { stopped, experiments, runs } = affected;
  const nobody = experiments.length === 0 && runs === 0;
  return (
    <>
      <span className={stopped ? "strong" : "t2"}>{stopped ? "Every further call is refused" : `${enabled ? "Calls" : "When it is on, calls"} that do not fit are refused`}</span>
      {nobody && <span className="small t3 under">nothing runs under it</span>}
      {experiments.slice(0, SHOWN).map(({ id, name, budget_skipped }) => (
        <span key={id} className="small under">
          <Link to="/experiments/$experimentId" params={{ experimentId: id }}>
            {name}
          </Link>{" "}
          {budget_skipped > 0 && <span className="t3">{plural(budget_skipped, "case")} left out</span>}
        </span>
      ))}
      {(experiments.length > SHOWN || runs > 0) && (
        <span className="small t3 under">
          {[experiments.length > SHOWN && `${count(experiments.length - SHOWN)} more`, runs > 0 && plural(runs, "single run")].filter(Boolean).join(", ")}
        </span>
      )}
    </>
  );
}
