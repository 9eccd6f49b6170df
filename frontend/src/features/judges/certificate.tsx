import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { ConfusionMatrix } from "@/components/charts/confusion-matrix";
import { ScoreValue } from "@/features/verdicts/score-value";
import { day, decimal, moment } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { Certificate as Read } from "./api";
import { type Evidence, type Standing, evidenceOf, standingOf } from "./certificate-report";
import { KappaMark, StandingChip } from "./standing-cells";

const SAYS: Readonly<Record<Standing, string>> = {
  "may gate": "It agrees with people well enough to gate.",
  "shown only": "Its scores are shown, but it may not gate.",
  expired: "It agreed with people well enough, but the certificate has run out.",
  "being examined": "It is being examined against people's labels and against attacks.",
  "no certificate": "It has not been examined.",
};

const FLAGS: Readonly<Record<Evidence["question"], readonly [string, string]>> = {
  hallucinated: ["hallucinated", "sound"],
  failed: ["fails", "passes"],
};

interface MatrixProps {
  confusion: Schemas["Confusion"];
  question: Evidence["question"];
}

/** Judge against people, agreement on the diagonal. */
export function JudgeMatrix({ confusion, question }: MatrixProps) {
  const [flagged, clear] = FLAGS[question];
  return (
    <ConfusionMatrix
      caption="How often judge and people said the same of an output"
      columns={[`people: ${flagged}`, `people: ${clear}`]}
      rows={[
        { label: `judge: ${flagged}`, counts: [confusion.true_positives, confusion.false_positives] },
        { label: `judge: ${clear}`, counts: [confusion.false_negatives, confusion.true_negatives] },
      ]}
    />
  );
}

/** One sentence, then its proof, then what is missing. */
export function Certificate({ certificate }: { certificate: Read }) {
  const evidence = evidenceOf(certificate);
  return (
    <>
      <section className="inspector__section">
        <p className="verdict-card__say">{SAYS[standingOf(certificate)]}</p>
        <p className="row wrap small t2">
          <StandingChip certificate={certificate} />
          {certificate.evaluator_version} on {certificate.judge_model}
        </p>
        {certificate.reasons.length > 0 && (
          <ul className="checks" aria-label="Why it may not gate">
            {certificate.reasons.map((reason) => (
              <li key={reason}>
                <Hourglass className="icon wait" aria-hidden="true" />
                <span>{reason}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {evidence.kappa && (
        <section className="inspector__section">
          <h3>Agreement with people</h3>
          <KappaMark certificate={certificate} />
          <p className="small t2">
            κ <ScoreValue estimate={evidence.kappa} />
            {evidence.minKappa !== null && <>; its lower end has to reach {decimal(evidence.minKappa)}</>}
            {evidence.drawnAtRandom !== null && <>; {evidence.drawnAtRandom} of the labels were drawn at random</>}.
          </p>
        </section>
      )}
      {evidence.confusion && (
        <section className="inspector__section">
          <h3>Where it errs</h3>
          <JudgeMatrix confusion={evidence.confusion} question={evidence.question} />
        </section>
      )}
      <section className="inspector__section">
        <dl className="kv">
          <dt>Valid until</dt>
          <dd>{moment(certificate.expires_at)}</dd>
          <dt>Asked for</dt>
          <dd>
            by {certificate.created_by}, {day(certificate.created_at)}
          </dd>
          {evidence.attacks && (
            <>
              <dt>Attacks</dt>
              <dd>
                {evidence.attacks.passed ? "stood all" : "did not stand all"} {evidence.attacks.n}
              </dd>
            </>
          )}
          {evidence.experimentId && (
            <>
              <dt>Labels from</dt>
              <dd>
                <Link to="/experiments/$experimentId" params={{ experimentId: evidence.experimentId }}>
                  the experiment
                </Link>{" "}
                ·{" "}
                <Link to="/evaluations" search={{ tab: "certificates", experiment: evidence.experimentId, evaluator: certificate.evaluator }}>
                  its report
                </Link>
              </dd>
            </>
          )}
        </dl>
      </section>
    </>
  );
}
