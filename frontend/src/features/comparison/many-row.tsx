import { Clock, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { decimal } from "@/lib/format";
import { CaseLink } from "./case-link";
import type { RowProps } from "./case-row";
import { type Cell, stateWords } from "./cases";

/** One case of three or four versions: a cell for each, with what it said. */
export const ManyRow = memo(function ManyRow({ one, index, isOpen, lowerIsBetter, measure }: RowProps) {
  return (
    <tr ref={measure} data-index={index} data-case={one.id} aria-rowindex={index + 2} aria-selected={isOpen}>
      <td className="num t3">{one.number}</td>
      <td>
        <CaseLink id={one.id} isOpen={isOpen} className="cases__open clamp2">
          {one.question}
        </CaseLink>
        <span className="small t3">
          {one.critical && <b>critical </b>}
          {one.tags.join(", ")}
        </span>
      </td>
      {one.cells.map((cell, side) => (
        <td key={side}>
          {cell.score === null ? <NoScore cell={cell} /> : <Scored cell={cell} delta={side === 0 ? undefined : one.deltas[side - 1]} lowerIsBetter={lowerIsBetter} />}
          {cell.output !== null && (
            <span className="clamp2 small t2" dir="auto">
              {cell.output}
            </span>
          )}
        </td>
      ))}
    </tr>
  );
});

interface ScoredProps {
  cell: Cell;
  delta: number | null | undefined;
  lowerIsBetter: boolean;
}

function Scored({ cell, delta, lowerIsBetter }: ScoredProps) {
  return (
    <span className="row">
      <b>{decimal(cell.score ?? 0)}</b>
      {delta !== undefined && <DeltaValue value={delta} isFact lowerIsBetter={lowerIsBetter} missing="no pair" />}
    </span>
  );
}

function NoScore({ cell }: { cell: Cell }) {
  const Icon = cell.state === null ? Clock : TriangleAlert;
  return (
    <span className="row small t3">
      <Icon className="icon" aria-hidden="true" />
      {stateWords(cell.state)}
    </span>
  );
}
