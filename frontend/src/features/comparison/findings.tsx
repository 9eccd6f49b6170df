import { ClaimList } from "@/components/claims/claim-list";
import { placeIn } from "@/components/claims/claim-spans";
import { LongText } from "@/components/long-text";
import { decimal, interval } from "@/lib/format";
import type { CaseDetail, Judged, Repeat } from "./api";
import { primaryOf, useClaims } from "./case-outputs";

interface FindingsProps {
  candidate: Repeat | undefined;
  context: string | null;
  judge: CaseDetail["judge"];
}

/** What the judge found, how far it is to be believed, and its words as they came. */
export function Findings({ candidate, context, judge }: FindingsProps) {
  const claims = useClaims(candidate);
  if (!candidate || candidate.evaluations.length === 0) return null;
  const primary = primaryOf(candidate);
  const others = candidate.evaluations.filter((evaluation) => evaluation !== primary);
  const worthTelling = claims.some((claim) => claim.verdict !== "supported");
  return (
    <section className="inspector__section" aria-label="What the judge found">
      <h3>{claims.length > 0 ? "What the judge found in the sources" : "What the judge found"}</h3>
      {claims.length > 0 && <ClaimList claims={claims} all={!worthTelling} placeOf={(claim) => placeIn(context, claim.evidence)} label="Claims of the output" />}
      {claims.length === 0 && primary && <LongText text={primary.reason || "The judge gave no reason."} className="small" />}
      {others.map((evaluation) => (
        <p key={evaluation.evaluator} className="small t2">
          <b>{evaluation.evaluator}</b> {scoreOf(evaluation)}
          {evaluation.reason && `: ${evaluation.reason}`}
        </p>
      ))}
      {primary && (
        <details className="fold">
          <summary>Raw judge reply · {reliability(judge)}</summary>
          <p className="small t3">
            {primary.evaluator} {primary.version.slice(0, 12)}, {scoreOf(primary)}
          </p>
          <LongText text={primary.reason || "The judge gave no reason."} className="small mono" />
        </details>
      )}
    </section>
  );
}

function scoreOf({ score, hallucination_rate: rate, state }: Judged): string {
  if (score === null) return state;
  return rate === null ? decimal(score) : `${decimal(score)}, ${decimal(rate)} of its claims without support`;
}

function reliability(judge: CaseDetail["judge"]): string {
  if (!judge?.kappa) return "not yet compared with people";
  const { value, interval: pair, n } = judge.kappa;
  return `agreement with people κ ${decimal(value)}${pair ? ` ${interval(pair)}` : ""}, n=${n}`;
}
