import { clsx } from "clsx";
import type { Column } from "./columns";

export function HeadCells({ columns }: { columns: readonly Pick<Column<never>, "key" | "name" | "isNumber">[] }) {
  return columns.map(({ key, name, isNumber }) => (
    <th key={key} scope="col" className={isNumber && "num"}>
      {name}
    </th>
  ));
}

export function BodyCells<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) {
  return columns.map(({ key, name, isNumber, className, cell }) => (
    <td key={key} data-name={name} className={clsx(isNumber && "num", className) || undefined}>
      {cell(row)}
    </td>
  ));
}
