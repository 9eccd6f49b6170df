import { useMemo } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { Kbd } from "@/components/ui/kbd";
import { Segmented } from "@/components/ui/segmented";
import { count, plural } from "@/lib/format";
import type { CaseSort, CaseTable, Status } from "./api";
import type { Arm } from "./arms";
import { CasesTable } from "./cases-table";
import { type CaseView, shownCases, statesIn } from "./shown-cases";
import { STATE_WORDS, isFinal } from "./words";

const ORDERS: readonly { value: CaseSort; label: string }[] = [
  { value: "case", label: "As they run" },
  { value: "score", label: "Worst first" },
  { value: "-score", label: "Best first" },
  { value: "-latency", label: "Slowest first" },
];

interface CasesPanelProps {
  status: Status;
  table: CaseTable;
  arms: readonly Arm[];
  filters: CaseView;
  openCase: string | undefined;
  onFilter: (filters: CaseView) => void;
  onOpen: (exampleId: string | undefined) => void;
}

export function CasesPanel({ status, table, arms, filters, openCase, onFilter, onOpen }: CasesPanelProps) {
  const { sort, state: wanted, arm } = filters;
  const shown = useMemo(() => shownCases(table, { sort, state: wanted, arm }), [table, sort, wanted, arm]);
  const states = useMemo(() => statesIn(table), [table]);
  const isLive = !isFinal(status.status);
  const isFiltered = filters.state !== undefined || filters.arm !== undefined;
  const clear = () => onFilter({ sort: filters.sort });
  return (
    <Panel
      title="Cases"
      beside={<span className="n">{shown.rows.length === table.rows.length ? plural(table.rows.length, "example") : `${count(shown.rows.length)} of ${count(table.rows.length)} examples`}</span>}
      tools={<Segmented label="Order" options={ORDERS} value={filters.sort ?? "case"} onChange={(sort) => onFilter({ ...filters, sort })} />}
      foot={
        <span>
          <Kbd>j</Kbd> <Kbd>k</Kbd> case <Kbd>Esc</Kbd> close
        </span>
      }
      flush
    >
      <div className="panel__body bar" role="group" aria-label="Filter cases">
        {states.map(({ state, examples }) => (
          <FilterChip
            key={state}
            pressed={filters.state === state}
            onClick={() => onFilter({ ...filters, state: filters.state === state ? undefined : state })}
          >
            {state === "waiting" ? "waiting" : STATE_WORDS[state]} <span className="n">{count(examples)}</span>
          </FilterChip>
        ))}
        {arms.length > 1 && (
          <select
            className="input input--small push"
            aria-label="Version"
            value={filters.arm ?? ""}
            onChange={(event) => onFilter({ ...filters, arm: event.target.value === "" ? undefined : Number(event.target.value) })}
          >
            <option value="">all versions</option>
            {arms.map((arm) => (
              <option key={arm.arm} value={arm.arm}>
                {arm.name}
              </option>
            ))}
          </select>
        )}
      </div>
      {shown.rows.length > 0 ? (
        <CasesTable table={shown} openCase={openCase} isLive={isLive} onOpen={onOpen} />
      ) : (
        <EmptyState title={isFiltered ? "No case is like that" : "No cases"} actions={isFiltered && <Button onClick={clear}>Clear the filters</Button>}>
          {isFiltered ? "There are cases, but none fits these filters." : "The plan of this experiment has no examples."}
        </EmptyState>
      )}
    </Panel>
  );
}
