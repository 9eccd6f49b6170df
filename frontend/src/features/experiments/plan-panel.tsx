import { Check, CircleAlert, TriangleAlert } from "lucide-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Skeleton } from "@/components/layout/states";
import { Notice } from "@/components/ui/notice";
import { nameOf as budgetName } from "@/features/budgets/budget-words";
import { count, duration, money } from "@/lib/format";
import type { Plan } from "./plan-api";
import { type Wishes, sees } from "./plan-form";
import type { Complaints } from "./use-plan";

interface PlanPanelProps {
  plan: UseQueryResult<Plan, Error>;
  isSettled: boolean;
  complaints: Complaints;
  wishes: Wishes;
  arms: number;
}

interface CheckProps {
  kind: "ok" | "wait" | "no";
  text: string;
  evidence?: string;
}

const ICONS = { ok: Check, wait: TriangleAlert, no: CircleAlert };

function CheckLine({ kind, text, evidence }: CheckProps) {
  const Icon = ICONS[kind];
  return (
    <li>
      <span className={kind}>
        <Icon className="icon" aria-hidden="true" />
      </span>
      <span>{text}</span>
      <span className="n">{evidence}</span>
    </li>
  );
}

/** Of the hard-stop budget with the least room: a plan that misses something does not start. */
function roomOf(budget: NonNullable<Plan["budget"]>): CheckProps {
  const name = budgetName(budget);
  const evidence = `${money(budget.left_usd)} of ${money(budget.limit_usd)} left`;
  if (Number(budget.missing_usd) === 0) return { kind: "ok", text: `It fits the budget: ${name}`, evidence };
  return { kind: "no", text: `It will not start: ${money(budget.missing_usd)} more than the budget has left (${name})`, evidence };
}

function checksOf(plan: Plan, { cap, evaluators, adaptive }: Wishes, arms: number): CheckProps[] {
  const cost = plan.cost_usd_estimate;
  const limit = cap.trim() === "" ? null : Number(cap);
  const checks: CheckProps[] = [{ kind: "ok", text: "Every example has what the versions read" }];
  if (limit === null) checks.push({ kind: "wait", text: "Nothing stops this run by its cost", evidence: "no cap" });
  else if (cost === null) checks.push({ kind: "wait", text: "A model's price is unknown; the cap counts it at a flat rate" });
  else if (Number(cost) > limit)
    checks.push({ kind: "wait", text: "The estimate is above the cap: the last cases would not run", evidence: `${money(cost)} of ${money(cap)}` });
  else checks.push({ kind: "ok", text: "The estimate is below the cap", evidence: `${money(cost)} of ${money(cap)}` });
  if (plan.budget) checks.push(roomOf(plan.budget));
  checks.push(
    arms > 1
      ? { kind: "ok", text: "All versions get the same examples and judges" }
      : { kind: "wait", text: "One version alone: there will be no verdict" },
  );
  if (evaluators.length === 0) checks.push({ kind: "ok", text: "Evaluators are chosen by what the examples have" });
  if (adaptive) checks.push({ kind: "ok", text: "It may end earlier, with fewer calls" });
  return checks;
}

/** What the run would do, cost and see, as the server plans it; follows the choices beside it. */
export function PlanPanel({ plan, isSettled, complaints, wishes, arms }: PlanPanelProps) {
  const { data, error } = plan;
  return (
    <aside className="panel sticky" aria-labelledby="plan" aria-busy={!isSettled}>
      <div className="panel__head">
        <h2 id="plan">Plan</h2>
        <output className="push small t3" aria-live="polite">
          {isSettled ? "follows your choices" : "asking the server"}
        </output>
      </div>
      {error && (
        <div className="panel__body">
          <Notice kind="error">{complaints.rest ?? "Something in the form has to change first; it says so where it is."}</Notice>
        </div>
      )}
      {!data && !error && <Skeleton rows={4} label="Planning" />}
      {data && !error && (
        <>
          <div className="plan">
            <div>
              <b>{count(data.calls)}</b>
              <span className="small t2">calls</span>
            </div>
            <div>
              <b>{count(data.cases)}</b>
              <span className="small t2">cases</span>
            </div>
            <div>
              {data.cost_usd_estimate === null ? <b className="plan__word">price unknown</b> : <b>{money(data.cost_usd_estimate)}</b>}
              <span className="small t2">{data.cost_usd_estimate === null ? "a model has no price" : "estimate"}</span>
            </div>
          </div>
          {data.eta_s !== null && <p className="panel__body plan__say t2">About {duration(data.eta_s * 1000)} at the usual pace of its models.</p>}
          <div className="panel__body plan__say stack">
            <p className="verdict-card__say">{sees(data.minimum_detectable_difference)}</p>
            {data.minimum_detectable_difference !== null && (
              <p className="small t2">At 5 % false alarms and 80 % power, from a typical spread of the differences.</p>
            )}
          </div>
          <div className="panel__body plan__say">
            <ul className="checks">
              {checksOf(data, wishes, arms).map((check) => (
                <CheckLine key={check.text} {...check} />
              ))}
            </ul>
          </div>
        </>
      )}
      <div className="panel__foot">
        <span>Closing this page does not stop a run.</span>
      </div>
    </aside>
  );
}
