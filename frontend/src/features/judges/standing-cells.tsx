import { CircleCheck, Clock } from "lucide-react";
import { IntervalMark } from "@/components/charts/interval-mark";
import { Chip } from "@/components/ui/chip";
import { ScoreValue } from "@/features/verdicts/score-value";
import { MISSING, decimal } from "@/lib/format";
import { type Examined, agreementOf, standingOf } from "./certificate-report";

export function StandingChip({ certificate }: { certificate: Examined | undefined | null }) {
  const standing = standingOf(certificate);
  switch (standing) {
    case "may gate":
      return (
        <Chip>
          <CircleCheck className="icon" aria-hidden="true" />
          {standing}
        </Chip>
      );
    case "being examined":
      return (
        <Chip>
          <Clock className="icon" aria-hidden="true" />
          {standing}
        </Chip>
      );
    case "expired":
      return <Chip kind="invalid">{standing}</Chip>;
    default:
      return <Chip kind="inconclusive">{standing}</Chip>;
  }
}

/** κ as a mark against the limit that was asked for; hollow where it does not hold. */
export function KappaMark({ certificate }: { certificate: Examined | undefined | null }) {
  const evidence = certificate && agreementOf(certificate);
  if (!evidence?.kappa) {
    return (
      <span className="t3">
        <span aria-hidden="true">{MISSING}</span>
        <span className="sr">no κ</span>
      </span>
    );
  }
  return (
    <IntervalMark
      name="κ"
      value={evidence.kappa.value}
      interval={evidence.kappa.interval}
      n={evidence.kappa.n}
      format={decimal}
      tone={certificate?.admissible ? "neutral" : "inconclusive"}
      hollow={!certificate?.admissible}
      {...(evidence.minKappa !== null && { limit: evidence.minKappa })}
    />
  );
}

interface StandingCellsProps {
  certificate: Examined | undefined | null;
  /** False of an evaluator that is a rule: it is what it is, and needs no certificate. */
  asksModel: boolean;
}

/** The three cells on how far an evaluator may be believed. */
export function StandingCells({ certificate, asksModel }: StandingCellsProps) {
  return (
    <>
      <td className="judges__mark">
        <KappaMark certificate={certificate} />
      </td>
      <td>
        {asksModel || certificate ? (
          <ScoreValue estimate={certificate && agreementOf(certificate).kappa} missing="no κ yet" />
        ) : (
          <span className="n">exact, no certificate</span>
        )}
      </td>
      <td>
        {asksModel || certificate ? (
          <StandingChip certificate={certificate} />
        ) : (
          <Chip>
            <CircleCheck className="icon" aria-hidden="true" />
            may gate
          </Chip>
        )}
      </td>
    </>
  );
}
