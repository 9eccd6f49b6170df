import type { ReactNode } from "react";

interface SettingsTableProps {
  caption: string;
  /** Heads of the columns; a number's stands at the right, and one that is `hide-narrow` is for wide pages. */
  columns: readonly (string | { name: string; kind: "num" | "hidden" | "hide-narrow" })[];
  children: ReactNode;
}

/** A table that scrolls sideways by itself when the page is narrow. */
export function SettingsTable({ caption, columns, children }: SettingsTableProps) {
  return (
    // reachable, so that a keyboard can scroll it
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-wrap" tabIndex={0} role="group" aria-label={`${caption}, scrolls sideways`}>
      <table className="table">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const { name, kind } = typeof column === "string" ? { name: column, kind: "text" } : column;
              return (
                <th key={name} scope="col" className={kind === "num" || kind === "hide-narrow" ? kind : undefined}>
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
