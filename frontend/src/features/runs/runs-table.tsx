import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { Time } from "@/components/ui/time";
import { BodyCells, HeadCells } from "@/features/lists/table-cells";
import { useColumns } from "@/features/lists/use-columns";
import { useRowKeys } from "@/features/lists/use-row-keys";
import type { Run } from "./api";
import { RUN_COLUMNS } from "./run-columns";

interface RunsTableProps {
  runs: readonly Run[];
  /** The run beside the list. */
  opened: string | undefined;
}

/** Beside an open run there is no room for what tells runs apart. */
const ONLY_ALONE = new Set(["source", "model"]);

export function RunsTable({ runs, opened }: RunsTableProps) {
  const { shown } = useColumns("runs", RUN_COLUMNS);
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  const columns = opened === undefined ? shown : shown.filter(({ key }) => !ONLY_ALONE.has(key));
  return (
    <div className="table-wrap" role="group" aria-label="Runs, scrolls sideways" tabIndex={0}>
      <table className="table table--cards">
        <caption className="sr">Runs, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <HeadCells columns={columns} />
          </tr>
        </thead>
        <tbody ref={body}>
          {runs.map((run) => (
            <tr key={run.id} aria-selected={run.id === opened}>
              <td className="nowrap">
                <Link to="." search={(old) => ({ ...old, run: run.id })} replace={opened !== undefined} resetScroll={false} data-row>
                  <Time at={run.created_at} />
                </Link>
              </td>
              <BodyCells columns={columns} row={run} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
