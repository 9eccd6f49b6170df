import { Panel } from "@/components/layout/panel";
import { Chip, VersionChip } from "@/components/ui/chip";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { bounds } from "@/features/verdicts/verdict-rows";
import { MISSING, count, duration, money, percent } from "@/lib/format";
import type { CaseTable, Status } from "./api";
import { type Arm, armsOf, hallucinationOf, scoreOf } from "./arms";
import { CASE_STATES, STATE_WORDS } from "./words";

const HEADS = [
  ["Version"],
  ["Score, 95 % CI", "num"],
  ["Δ vs baseline", "num"],
  ["Failing", "num"],
  ["Hallucination", "num"],
  ["Cost", "num"],
  ["p95", "num"],
  ["Cases"],
] as const;

const atTheEnd = (
  <span className="t3">
    {MISSING}
    <span className="sr">known at the end</span>
  </span>
);

interface ArmRowProps {
  arm: Arm;
  side: CaseTable["sides"][number] | undefined;
  status: Status;
}

function ArmRow({ arm, side, status }: ArmRowProps) {
  const result = status.results.find((row) => row.arm === arm.arm);
  const compared = status.comparisons.find((row) => row.candidate_arm === arm.arm);
  return (
    <tr>
      <th scope="row" className="row-head">
        <span className="row">
          <VersionChip number={arm.number} />
          {arm.isBaseline && <Chip>baseline</Chip>}
        </span>
        <span className="small t3 under">{arm.model}</span>
      </th>
      <td className="num">
        <ScoreValue estimate={result ? scoreOf(result) : side?.mean} />
      </td>
      <td className="num">
        {arm.isBaseline ? (
          <span className="t3">is the baseline</span>
        ) : (
          <DeltaValue
            value={compared?.difference}
            interval={bounds(compared?.interval)}
            n={compared?.n_pairs}
            lowerIsBetter={compared?.direction === "lower"}
            missing={result ? "not compared" : "at the end"}
          />
        )}
      </td>
      <td className="num">
        {result ? (
          <>
            {count(result.failure_count)} <span className="n">of {count(result.n)}</span>
          </>
        ) : (
          atTheEnd
        )}
      </td>
      <td className="num">{result ? <ScoreValue estimate={hallucinationOf(result)} format={(share) => percent(share, 0)} /> : atTheEnd}</td>
      <td className="num">{result ? money(result.cost_usd) : atTheEnd}</td>
      <td className="num">{result && result.latency_ms.p95 !== null ? duration(result.latency_ms.p95) : atTheEnd}</td>
      <td className="small t2">{result ? statesIn(result.states) : "still running"}</td>
    </tr>
  );
}

const statesIn = (states: Status["results"][number]["states"]): string =>
  CASE_STATES.flatMap((state) => {
    const cases = states[state] ?? 0;
    return cases > 0 ? [`${count(cases)} ${STATE_WORDS[state]}`] : [];
  }).join(" · ");

interface ArmsPanelProps {
  status: Status;
  table: CaseTable;
}

export function ArmsPanel({ status, table }: ArmsPanelProps) {
  const failing = "Failing: a score below 0.5. A case without a score counts in no mean.";
  return (
    <Panel title="Versions" beside={<span className="n">{table.sides.length}</span>} foot={failing} flush>
      <div className="table-wrap" tabIndex={0} role="group" aria-label="Versions, scrolls sideways">
        <table className="table">
          <caption className="sr">Result of each version</caption>
          <thead>
            <tr>
              {HEADS.map(([name, kind]) => (
                <th key={name} scope="col" className={kind}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {armsOf(table.sides).map((arm) => (
              <ArmRow key={arm.arm} arm={arm} side={table.sides.find((side) => side.arm === arm.arm)} status={status} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
