import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Dumbbell } from "@/components/charts/dumbbell";
import { Chip } from "@/components/ui/chip";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { MISSING, decimal, duration } from "@/lib/format";
import type { CaseTable } from "./api";
import type { Arm } from "./arms";
import { CaseStateMark } from "./case-state";
import { stateOf } from "./shown-cases";

export type Row = CaseTable["rows"][number];

interface CaseRowProps {
  row: Row;
  index: number;
  arms: readonly Arm[];
  lowerIsBetter: boolean;
  isOpen: boolean;
  /** Whether the run still goes on. */
  isLive: boolean;
}

const toneOf = (gain: number) => (Math.abs(gain) < 0.005 ? "neutral" : gain > 0 ? "pass" : "regression");

const noScore = (
  <span className="t3">
    {MISSING}
    <span className="sr">no score</span>
  </span>
);

export function CaseRow({ row, index, arms, lowerIsBetter, isOpen, isLive }: CaseRowProps) {
  const [exampleId, position, question, tags, critical, , sides] = row;
  const isPair = arms.length > 1;
  const base = isPair ? sides[0] : undefined;
  const shown = isPair ? sides.slice(1) : sides;
  const lead = shown[0];
  const before = base?.[0] ?? null;
  const after = lead?.[0] ?? null;
  const latency = lead?.[5] ?? null;
  const state = stateOf(row);
  return (
    <tr aria-selected={isOpen} aria-rowindex={index + 2} className={clsx(state === "waiting" && "pend")}>
      <td className="num t3">{position + 1}</td>
      <td className="clip">
        <Link
          className="cut under"
          from="/experiments/$experimentId"
          to="."
          search={(old) => ({ ...old, case: exampleId })}
          replace={isOpen}
          resetScroll={false}
          data-case={exampleId}
        >
          {question || `Case ${position + 1}`}
        </Link>
      </td>
      <td className="hide-narrow nowrap">
        {critical && <Chip>critical</Chip>} <span className="t2">{tags[0]}</span>
      </td>
      <td>
        <CaseStateMark state={state === "waiting" ? null : state} open={isLive} />
      </td>
      {isPair && (
        <td className="dumbbell-cell">
          {before !== null && after !== null ? (
            <Dumbbell baseline={before} candidate={after} names={[arms[0]?.name ?? "", arms[1]?.name ?? ""]} format={decimal} tone={toneOf(lowerIsBetter ? before - after : after - before)} />
          ) : (
            <span className="sr">no pair yet</span>
          )}
        </td>
      )}
      {shown.map((side, at) => (
        <td key={arms[at + (isPair ? 1 : 0)]?.arm ?? at} className="num">
          {side[0] === null ? noScore : <b>{decimal(side[0])}</b>}
        </td>
      ))}
      {isPair && (
        <td className="num">{before !== null && after !== null && <DeltaValue value={after - before} isFact lowerIsBetter={lowerIsBetter} />}</td>
      )}
      <td className="num t3 hide-narrow">{latency === null ? "" : duration(latency)}</td>
    </tr>
  );
}
