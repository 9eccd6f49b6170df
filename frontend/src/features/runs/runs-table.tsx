import { Link } from "@tanstack/react-router";
import { VersionChip } from "@/components/ui/chip";
import { MISSING, ago, count, duration, moment, money } from "@/lib/format";
import type { Run } from "./api";
import { RunState, sourceWord } from "./run-words";

interface RunsTableProps {
  runs: readonly Run[];
  /** The run beside the list. */
  opened: string | undefined;
  /** The row the keys `j` and `k` stand at. */
  at: number;
}

/** A failure's cause in a few words; the drawer has all of them. */
const causeOf = ({ error_code, error }: Run): string | null => error_code?.replaceAll("_", " ") ?? error?.slice(0, 60) ?? null;

export function RunsTable({ runs, opened, at }: RunsTableProps) {
  const isWhole = opened === undefined; // beside an open run there is room for what tells runs apart
  return (
    <div className="table-wrap" role="group" aria-label="Runs, scrolls sideways" tabIndex={0}>
      <table className="table">
        <caption className="sr">Runs, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Status</th>
            {isWhole && <th scope="col">Source</th>}
            <th scope="col">Version</th>
            {isWhole && <th scope="col">Model</th>}
            <th scope="col" className="num">
              Latency
            </th>
            <th scope="col" className="num">
              Tokens in, out
            </th>
            <th scope="col" className="num">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, index) => (
            <tr key={run.id} aria-selected={run.id === opened} data-at={index === at || undefined}>
              <td className="nowrap">
                <Link to="." search={(old) => ({ ...old, run: run.id })} replace={opened !== undefined} resetScroll={false} title={moment(run.created_at)}>
                  {ago(run.created_at)}
                </Link>
              </td>
              <td className="nowrap">
                <RunState status={run.status} cause={run.status === "failed" ? causeOf(run) : null} />
              </td>
              {isWhole && <td className="t2">{sourceWord(run.source)}</td>}
              <td>{run.version_number === null ? <span className="t3">none</span> : <VersionChip number={run.version_number} />}</td>
              {isWhole && <td className="t2 nowrap">{run.model}</td>}
              <td className="num">{run.latency_ms === null ? <Missing /> : duration(run.latency_ms)}</td>
              <td className="num">
                {run.tokens_in === null || run.tokens_out === null ? <Missing /> : `${count(run.tokens_in)}, ${count(run.tokens_out)}`}
              </td>
              <td className="num">
                <Cost run={run} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Missing = () => (
  <>
    <span aria-hidden="true">{MISSING}</span>
    <span className="sr">not known</span>
  </>
);

/** What was charged; until that is known, what it was expected to be. */
export function Cost({ run }: { run: Run }) {
  if (run.cost_usd !== null) return money(run.cost_usd);
  if (run.cost_estimated !== null) return <span className="t3">≈ {money(run.cost_estimated)}</span>;
  return run.status === "completed" ? <span className="t3">{money(null)}</span> : <Missing />;
}
