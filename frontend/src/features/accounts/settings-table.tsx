import { clsx } from "clsx";
import type { ReactNode } from "react";

interface SettingsTableProps {
  caption: string;
  /** Heads of the columns; a number's stands at the right. */
  columns: readonly (string | { name: string; kind: "num" | "hidden" })[];
  /** On a narrow page each row is a card, for cells that say what they are without the head of their column. */
  cards?: boolean;
  children: ReactNode;
}

/** A table that scrolls sideways by itself when the page is narrow, or becomes cards. */
export function SettingsTable({ caption, columns, cards = false, children }: SettingsTableProps) {
  return (
    // reachable, so that a keyboard can scroll it
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-wrap" tabIndex={0} role="group" aria-label={`${caption}, scrolls sideways`}>
      <table className={clsx("table", cards && "table--cards")}>
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const { name, kind } = typeof column === "string" ? { name: column, kind: "text" } : column;
              return (
                <th key={name} scope="col" className={kind === "num" ? kind : undefined}>
                  {kind === "hidden" ? <span className="sr">{name}</span> : name}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
