import { placeIn, type PlacedClaim } from "@/components/claims/claim-spans";
import { ClaimList } from "@/components/claims/claim-list";
import { LongText } from "@/components/long-text";
import { decimal } from "@/lib/format";
import type { Score } from "./api";
import type { Turn } from "./turn";

const NO_VALUE: Record<Score["state"], string> = {
  scored: "no value",
  not_applicable: "does not apply",
  judge_error: "the judge could not be asked",
  judge_unparseable: "the judge's answer could not be read",
};

/** The values of all repeats, for one evaluator: facts, not an estimate. */
function Spread({ turns, evaluator }: { turns: readonly Turn[]; evaluator: string }) {
  const values = turns.flatMap((turn) => turn.scores.find((score) => score.evaluator === evaluator)?.value ?? []);
  if (values.length < 2) return null;
  return (
    <span className="small t3 push">
      {values.length} runs: {values.map((value) => decimal(value)).join(", ")}
    </span>
  );
}

const isContradicted = (score: Score) => score.claims.some((claim) => claim.verdict === "contradicted");

interface ScoreRowsProps {
  turn: Turn;
  turns: readonly Turn[];
  claims: readonly PlacedClaim[];
  context: string;
}

/** What each evaluator said about the answer, and why. */
export function ScoreRows({ turn, turns, claims, context }: ScoreRowsProps) {
  return (
    <>
      <ul className="stack" aria-label="Scores">
        {turn.scores.map((score) => (
          <li key={score.evaluator}>
            <span className="row wrap">
              <b className={isContradicted(score) ? "delta--worse" : undefined}>
                {isContradicted(score) && <span aria-hidden="true">✕ </span>}
                {score.value === null ? NO_VALUE[score.state] : decimal(score.value)}
              </b>
              <span className="small t2">{score.evaluator}</span>
              <Spread turns={turns} evaluator={score.evaluator} />
            </span>
            {score.reason && <LongText text={score.reason} className="small t2" limit={400} />}
          </li>
        ))}
      </ul>
      {claims.length > 0 && <ClaimList claims={claims} placeOf={(claim) => (claim.evidence ? placeIn(context, claim.evidence) : null)} />}
    </>
  );
}
