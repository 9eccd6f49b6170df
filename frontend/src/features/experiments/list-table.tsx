import { useRef, useState } from "react";
import { HeadCells } from "@/features/lists/table-cells";
import { useColumns } from "@/features/lists/use-columns";
import { useShortcuts } from "@/lib/shortcuts";
import type { Experiment } from "./api";
import { EXPERIMENT_COLUMNS } from "./list-columns";
import { ListRow } from "./list-row";

interface ListTableProps {
  items: readonly Experiment[];
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
}

export function ListTable({ items, chosen, onChoose }: ListTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { shown } = useColumns("experiments", EXPERIMENT_COLUMNS);
  const [current, setCurrent] = useState(-1);
  const choose = (id: string, isChosen: boolean) => onChoose(isChosen ? [...chosen, id] : chosen.filter((other) => other !== id));
  const go = (step: number) => {
    const next = Math.min(items.length - 1, Math.max(0, current + step));
    setCurrent(next);
    body.current?.querySelectorAll<HTMLAnchorElement>("th a")[next]?.focus();
  };
  const row = items[current];
  useShortcuts({
    j: () => go(1),
    k: () => go(-1),
    x: () => row && choose(row.id, !chosen.includes(row.id)),
  });
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label="Experiments, scrolls sideways">
      <table className="table table--cards">
        <caption className="sr">Experiments</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">Choose</span>
            </th>
            <th scope="col">Experiment</th>
            <HeadCells columns={shown} />
          </tr>
        </thead>
        <tbody ref={body}>
          {items.map((experiment) => (
            <ListRow
              key={experiment.id}
              experiment={experiment}
              columns={shown}
              isChosen={chosen.includes(experiment.id)}
              onChoose={(isChosen) => choose(experiment.id, isChosen)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
