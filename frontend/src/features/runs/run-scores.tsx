import { ClaimList } from "@/components/claims/claim-list";
import { placeClaims } from "@/components/claims/claim-spans";
import { LongText } from "@/components/long-text";
import { decimal, percent } from "@/lib/format";
import type { Schemas } from "@/services/http";

type Score = Schemas["ScoreRead"];

/** What each evaluator said of this one output: facts of one case, not estimates. */
export function RunScores({ scores, output }: { scores: readonly Score[]; output: string }) {
  return (
    <section className="inspector__section">
      <h3>Scores</h3>
      {scores.map((score) => (
        <OneScore key={`${score.evaluator} ${score.evaluator_version}`} score={score} output={output} />
      ))}
    </section>
  );
}

function OneScore({ score, output }: { score: Score; output: string }) {
  const claims = placeClaims(output, score.claims);
  return (
    <div className="stack">
      <p className="row wrap">
        <b>{score.evaluator}</b> <span className="n">{score.evaluator_version}</span>
        <span className="push">
          {score.value === null ? <span className="t3">{score.state.replaceAll("_", " ")}</span> : <b>{decimal(score.value)}</b>}
          {score.hallucination_rate !== null && <span className="n"> {percent(score.hallucination_rate, 0)} of claims without support</span>}
        </span>
      </p>
      {score.reason && <LongText text={score.reason} className="small t2" limit={600} />}
      {claims.length > 0 && <ClaimList claims={claims} all label={`Claims, ${score.evaluator}`} />}
    </div>
  );
}
