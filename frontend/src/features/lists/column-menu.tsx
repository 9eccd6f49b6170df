import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactElement } from "react";
import { Menu, MenuCheck, MenuItem, MenuLine, MenuRow } from "@/components/ui/menu";
import type { Keyed } from "./columns";
import { useColumns } from "./use-columns";

interface ColumnMenuProps {
  list: string;
  columns: readonly (Keyed & { readonly name: string })[];
  trigger: ReactElement;
}

/** Stays open, so that several columns can be changed at once. */
export function ColumnMenu({ list, columns, trigger }: ColumnMenuProps) {
  const { all, shown, toggle, move, reset } = useColumns(list, columns);
  return (
    <Menu trigger={trigger} defaultOpen>
      {all.map((column, index) => (
        <MenuRow key={column.key} label={column.name}>
          <MenuCheck checked={shown.includes(column)} onChange={() => toggle(column.key)}>
            {column.name}
          </MenuCheck>
          <MenuItem stays label={`Move ${column.name} to the front`} disabled={index === 0} onSelect={() => move(column.key, -1)}>
            <ArrowUp className="icon" aria-hidden="true" />
          </MenuItem>
          <MenuItem stays label={`Move ${column.name} to the back`} disabled={index === all.length - 1} onSelect={() => move(column.key, 1)}>
            <ArrowDown className="icon" aria-hidden="true" />
          </MenuItem>
        </MenuRow>
      ))}
      <MenuLine />
      <MenuItem stays onSelect={reset}>
        Reset
      </MenuItem>
    </Menu>
  );
}
