import { useRef } from "react";
import { HeadCells } from "@/features/lists/table-cells";
import { useColumns } from "@/features/lists/use-columns";
import { tickRow, useRowKeys } from "@/features/lists/use-row-keys";
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
  const choose = (id: string, isChosen: boolean) => onChoose(isChosen ? [...chosen, id] : chosen.filter((other) => other !== id));
  useRowKeys(body, { x: tickRow });
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
