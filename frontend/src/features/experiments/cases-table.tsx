import { useRef } from "react";
import { useShortcuts } from "@/lib/shortcuts";
import type { CaseTable } from "./api";
import { armsOf } from "./arms";
import { CaseRow } from "./case-row";
import { useRowsInView } from "./use-rows-in-view";

const ROW_PX = 37;
const SHOWN = 16;

interface CasesTableProps {
  table: CaseTable;
  openCase: string | undefined;
  isLive: boolean;
  onOpen: (exampleId: string | undefined) => void;
}

export function CasesTable({ table, openCase, isLive, onOpen }: CasesTableProps) {
  const { rows } = table;
  const frame = useRef<HTMLDivElement>(null);
  const arms = armsOf(table.sides);
  const isPair = arms.length > 1;
  const { first, last, onScroll } = useRowsInView(rows.length, ROW_PX, SHOWN);
  const [base, ...others] = arms;
  const named = isPair ? others : arms;

  const go = (step: number) => {
    const at = Math.min(rows.length - 1, Math.max(0, rows.findIndex(([id]) => id === openCase) + step));
    const next = rows[at];
    if (!next) return;
    const top = frame.current?.scrollTop ?? 0;
    const isSeen = at * ROW_PX >= top && (at + 2) * ROW_PX <= top + SHOWN * ROW_PX;
    if (!isSeen) frame.current?.scrollTo({ top: Math.max(0, at - SHOWN / 2) * ROW_PX });
    onOpen(next[0]);
  };
  useShortcuts({
    j: () => go(1),
    k: () => go(-1),
    "]": () => go(1),
    "[": () => go(-1),
    ...(openCase && { Escape: () => onOpen(undefined) }),
  });

  return (
    <div className="table-wrap live-cases" tabIndex={0} role="group" aria-label="Cases, scrolls" ref={frame} onScroll={onScroll}>
      <table className="table" aria-rowcount={rows.length + 1}>
        <caption className="sr">Cases of the experiment</caption>
        <thead>
          <tr>
            <th scope="col" className="num">
              <span aria-hidden="true">#</span>
              <span className="sr">Number</span>
            </th>
            <th scope="col">Question</th>
            <th scope="col" className="hide-narrow">
              Tag
            </th>
            <th scope="col">Status</th>
            {isPair && (
              <th scope="col">
                {base?.name} → {others[0]?.name}
              </th>
            )}
            {named.map((arm) => (
              <th key={arm.arm} scope="col" className="num">
                {arm.name}
              </th>
            ))}
            {isPair && (
              <th scope="col" className="num">
                Δ
              </th>
            )}
            <th scope="col" className="num hide-narrow">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          <Spacer rows={first} />
          {rows.slice(first, last).map((row, index) => (
            <CaseRow
              key={row[0]}
              row={row}
              index={first + index}
              arms={arms}
              lowerIsBetter={table.direction === "lower"}
              isOpen={row[0] === openCase}
              isLive={isLive}
            />
          ))}
          <Spacer rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for rows that are not drawn, as high as they would be. */
function Spacer({ rows }: { rows: number }) {
  return rows > 0 && <tr aria-hidden="true" style={{ height: rows * ROW_PX }} />;
}
