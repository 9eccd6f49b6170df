import { useId } from "react";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { VerdictCard } from "@/features/verdicts/verdict-card";
import { count, decimal, plural } from "@/lib/format";
import type { Status } from "./api";
import { ended } from "./progress";
import { isFinal } from "./words";

function awaited({ status, progress, plan, error }: Status, arms: number): { say: string; why: string } {
  const left = progress.planned - ended(progress);
  const sees = plan.minimum_detectable_difference;
  if (arms === 1) return { say: "One version ran alone, so there is nothing to compare.", why: "Rerun it with a baseline to get a verdict." };
  if (status === "failed") return { say: "The experiment failed before there was a verdict.", why: error ?? "Retry what is missing." };
  if (status === "cancelled") return { say: "Cancelled before there was a verdict.", why: "What is scored is kept. Retry runs what is missing, then the verdict comes." };
  if (isFinal(status)) return { say: "There is no verdict.", why: error ?? "Too few cases have a score under both versions." };
  return {
    say: left > 0 ? `The verdict comes when the last ${plural(left, "case")} ${left === 1 ? "is" : "are"} done.` : "All cases are done; the verdict is being summed up.",
    why: [
      "Figures move until the run ends; do not promote on them.",
      sees === null ? "" : `This run can see a drop of ${decimal(sees)} or more, over ${count(plan.cases)} cases.`,
    ].join(" "),
  };
}

interface VerdictPanelProps {
  status: Status;
  /** How many versions and models run. */
  arms: number;
}

/** The server's verdict, or what it waits for. */
export function VerdictPanel({ status, arms }: VerdictPanelProps) {
  const heading = useId();
  if (status.verdict) return <VerdictCard verdict={status.verdict} />;
  const { say, why } = awaited(status, arms);
  return (
    <section className="verdict-card verdict-card--running" aria-labelledby={heading}>
      <div className="verdict-card__cell">
        <h2 id={heading}>
          <VerdictBadge ruling={null} />
        </h2>
        <p className="verdict-card__say">{say}</p>
        <p className="t2">{why}</p>
      </div>
    </section>
  );
}
