import { money, percent } from "@/lib/format";
import type { Budget } from "./api";
import { partsOf, percentOf } from "./budget-words";

/** What is spent and held back, against the limit; the tick is where it tells. */
export function BudgetBar({ budget }: { budget: Budget }) {
  const { spent_usd, reserved_usd, limit_usd, alert_share, state, share_used } = budget;
  const { spent, reserved, alert } = partsOf(budget);
  const isHeld = Number(reserved_usd) > 0;
  return (
    <div className="standing">
      <span className="progress" aria-hidden="true">
        <i className={state === "exceeded" ? "failed" : "done"} style={{ width: `${spent}%` }} />
        {isHeld && <i className="running" style={{ width: `${reserved}%` }} />}
        {alert < 100 && <i className="mark" style={{ insetInlineStart: `${alert}%` }} />}
      </span>
      <span className="nowrap">
        <b>{money(spent_usd)}</b> <span className="t2">of {money(limit_usd)}</span> <span className="small t3">{percent(share_used, 0)}</span>
      </span>
      <span className="small t3 nowrap">
        {isHeld && `${money(reserved_usd)} reserved, `}tells at {percentOf(alert_share)} %
      </span>
    </div>
  );
}
