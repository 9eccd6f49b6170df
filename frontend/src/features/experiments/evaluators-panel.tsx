import { IntervalMark } from "@/components/charts/interval-mark";
import { Panel } from "@/components/layout/panel";
import { Chip } from "@/components/ui/chip";
import { ScoreValue } from "@/features/verdicts/score-value";
import { decimal } from "@/lib/format";
import type { CaseTable, Status } from "./api";
import { armsOf, judgedBy } from "./arms";

interface EvaluatorsPanelProps {
  status: Status;
  table: CaseTable;
}

/** The mean of each evaluator under each version, with its interval. */
export function EvaluatorsPanel({ status, table }: EvaluatorsPanelProps) {
  const names = [...new Set(status.results.flatMap((result) => Object.keys(result.evaluators)))];
  return (
    <Panel title="By evaluator" beside={names.length > 0 && <span className="n">{names.length}</span>} foot={names.length > 0 && "mean score, 95 % CI; higher is better"} flush={names.length > 0}>
      {names.length === 0 ? (
        <p className="t2">The means come when the run has ended.</p>
      ) : (
        <div className="table-wrap" tabIndex={0} role="group" aria-label="By evaluator, scrolls sideways">
          <table className="table">
            <caption className="sr">Mean score of each evaluator under each version</caption>
            <thead>
              <tr>
                <th scope="col">Evaluator</th>
                <th scope="col">Version</th>
                <th scope="col">0 … 1</th>
                <th scope="col" className="num">
                  Mean, 95 % CI
                </th>
              </tr>
            </thead>
            <tbody>
              {names.flatMap((name) =>
                armsOf(table.sides).map((arm, index) => {
                  const result = status.results.find((row) => row.arm === arm.arm);
                  const mean = result ? judgedBy(result, name) : null;
                  return (
                    <tr key={`${name} ${arm.arm}`}>
                      <td className="nowrap">
                        {index === 0 ? <b>{name}</b> : <span className="sr">{name}</span>}{" "}
                        {index === 0 && name === status.primary_evaluator && <Chip>leads</Chip>}
                      </td>
                      <td className="nowrap">{arm.name}</td>
                      <td className="interval-cell">
                        {mean && <IntervalMark name={`${name}, ${arm.name}`} {...mean} format={decimal} tone={arm.isBaseline ? "base" : "cand"} hollow={arm.isBaseline} />}
                      </td>
                      <td className="num">
                        <ScoreValue estimate={mean} />
                      </td>
                    </tr>
                  );
                }),
              )}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
