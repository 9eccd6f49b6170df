import { Link } from "@tanstack/react-router";
import type { Column } from "@/features/lists/columns";
import { BodyCells } from "@/features/lists/table-cells";
import type { Prompt } from "./api";

interface PromptRowProps {
  prompt: Prompt;
  columns: readonly Column<Prompt>[];
  folder: string;
  isSelected: boolean;
  /** Left out for somebody who may not change prompts. */
  onSelect?: (selected: boolean) => void;
}

export function PromptRow({ prompt, columns, folder, isSelected, onSelect }: PromptRowProps) {
  const { name } = prompt;
  return (
    <tr aria-selected={onSelect ? isSelected : undefined}>
      {onSelect && (
        <td>
          <label className="check">
            <input type="checkbox" checked={isSelected} aria-label={`Select ${name}`} onChange={(event) => onSelect(event.target.checked)} />
          </label>
        </td>
      )}
      <th scope="row" className="row-head">
        <Link to="/prompts/$" params={{ _splat: name }} data-row>
          {name.startsWith(folder) ? name.slice(folder.length) : name}
        </Link>
      </th>
      <BodyCells columns={columns} row={prompt} />
    </tr>
  );
}
