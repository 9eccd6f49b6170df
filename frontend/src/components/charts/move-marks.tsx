import type { LabelMove } from "@/components/charts/chart-types";
import { percentOf } from "@/components/charts/scale";

interface MoveMarksProps {
  moves: readonly LabelMove[];
  /** Share of the width of a position. */
  place: (at: number) => number;
  bottom: number;
}

/** Neighbours closer than this share of the width are written on two lines. */
const NEAR = 0.3;

export const moveLanes = (moves: readonly LabelMove[], place: (at: number) => number): number =>
  moves.some((move, index) => index > 0 && place(move.at) - place(moves[index - 1]?.at ?? 0) < NEAR) ? 2 : 1;

/** Dotted lines where a label moved. */
export function MoveMarks({ moves, place, bottom }: MoveMarksProps) {
  const lanes = moveLanes(moves, place);
  return (
    <g aria-hidden="true">
      {moves.map(({ at, label }, index) => {
        const share = place(at);
        const right = share > 0.6;
        const y = 10 + (index % lanes) * 14;
        return (
          <g key={`${at} ${label}`}>
            <line
              x1={percentOf(share)}
              x2={percentOf(share)}
              y1={y - 4}
              y2={bottom}
              stroke="var(--text-3)"
              strokeDasharray="2 3"
            />
            <text
              className="halo t2"
              x={percentOf(share)}
              dx={right ? -6 : 6}
              y={y}
              textAnchor={right ? "end" : "start"}
            >
              {label}
            </text>
          </g>
        );
      })}
    </g>
  );
}
