import { type Ref, memo } from "react";
import type { Tone } from "@/components/charts/chart-types";
import { Dumbbell } from "@/components/charts/dumbbell";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { MISSING, decimal } from "@/lib/format";
import { CaseLink } from "./case-link";
import { type Case, type Cell, type Standing, stateWords } from "./cases";

export interface RowProps {
  one: Case;
  index: number;
  names: readonly string[];
  isOpen: boolean;
  /** With an open case beside, texts have one line; else two. */
  isTight: boolean;
  lowerIsBetter: boolean;
  measure: Ref<HTMLTableRowElement>;
}

const TONES: Partial<Record<Standing, Tone>> = { regressed: "regression", improved: "pass" };

/** One case of two versions: what was asked and answered, where the score was and where it is. */
export const CaseRow = memo(function CaseRow({ one, index, names, isOpen, isTight, lowerIsBetter, measure }: RowProps) {
  const [before, after] = one.cells;
  const [from = "", to = ""] = names;
  const lines = isTight ? "cut" : "clamp2";
  return (
    <tr ref={measure} data-index={index} data-case={one.id} aria-rowindex={index + 2} aria-selected={isOpen}>
      <td className="num t3 hide-narrow">{one.number}</td>
      <td className="clip">
        <CaseLink id={one.id} isOpen={isOpen} className={`cases__open ${lines}`}>
          {one.question}
        </CaseLink>
        <span className={`cases__said ${lines} small t3`}>
          {one.critical && <b>critical · </b>}
          {one.tags.length > 0 && `${one.tags.join(", ")} · `}
          <bdi>{after?.output ?? stateWords(after?.state ?? null)}</bdi>
        </span>
      </td>
      <td className="cases__picture">
        <Dumbbell
          baseline={before?.score ?? null}
          candidate={after?.score ?? null}
          names={[from, to]}
          format={decimal}
          tone={TONES[one.standing] ?? "neutral"}
        />
      </td>
      <td className="num t2 hide-narrow">
        <Score cell={before} />
      </td>
      <td className="num strong hide-narrow">
        <Score cell={after} />
      </td>
      <td className="num">
        <DeltaValue value={one.deltas[0]} isFact lowerIsBetter={lowerIsBetter} missing={one.standing === "only_one" ? "in one" : "no pair"} />
      </td>
    </tr>
  );
});

function Score({ cell }: { cell: Cell | undefined }) {
  if (cell && cell.score !== null) return decimal(cell.score);
  return (
    <>
      <span aria-hidden="true">{MISSING}</span>
      <span className="sr">{stateWords(cell?.state ?? null)}</span>
    </>
  );
}
