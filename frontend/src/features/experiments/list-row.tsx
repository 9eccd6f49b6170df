import { Link } from "@tanstack/react-router";
import type { Column } from "@/features/lists/columns";
import { BodyCells } from "@/features/lists/table-cells";
import type { Experiment } from "./api";

interface ListRowProps {
  experiment: Experiment;
  columns: readonly Column<Experiment>[];
  isChosen: boolean;
  onChoose: (chosen: boolean) => void;
}

export function ListRow({ experiment, columns, isChosen, onChoose }: ListRowProps) {
  const { id, name, prompt_name } = experiment;
  return (
    <tr aria-selected={isChosen}>
      <td>
        <span className="check">
          <input type="checkbox" aria-label={`Choose ${name}`} checked={isChosen} onChange={(event) => onChoose(event.target.checked)} />
        </span>
      </td>
      <th scope="row" className="row-head">
        <Link to="/experiments/$experimentId" params={{ experimentId: id }} data-row={id}>
          {name}
        </Link>
        <span className="small t3 under">{prompt_name}</span>
      </th>
      <BodyCells columns={columns} row={experiment} />
    </tr>
  );
}
