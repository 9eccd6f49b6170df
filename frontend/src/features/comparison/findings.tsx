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

/** What the judge found, its own words, and how far it is to be believed. */
export function Findings({ candidate, context, judge }: FindingsProps) {
  const claims = useClaims(candidate);
  if (!candidate || candidate.evaluations.length === 0) return null;
  const primary = primaryOf(candidate);
  const others = candidate.evaluations.filter((evaluation) => evaluation !== primary);
  // the reason stands above where there are no claims; a reply is kept where it could not be read
  const words = primary?.raw_reply ?? (claims.length > 0 && primary?.reason ? primary.reason : null);
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
      {primary && words !== null && (
        <details className="fold">
          <summary>{primary.raw_reply === null ? "The judge's reason" : "Raw judge reply"}</summary>
          <LongText text={words} className="small mono" />
        </details>
      )}
      {primary && (
        <p className="small t3">
          {primary.evaluator} {primary.version.slice(0, 12)}, {scoreOf(primary)} · {reliability(judge)}
        </p>
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
