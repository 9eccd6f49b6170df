import { count } from "@/lib/format";

interface ConfusionMatrixProps {
  caption: string;
  columns: readonly string[];
  /** In the order of the columns, so that agreement lies on the diagonal. */
  rows: readonly { label: string; counts: readonly number[] }[];
}

/** Counts of two ways to decide the same cases. It is a table already. */
export function ConfusionMatrix({ caption, columns, rows }: ConfusionMatrixProps) {
  return (
    <table className="matrix">
      <caption className="sr">{caption}</caption>
      <thead>
        <tr>
          <td className="matrix__corner">{"\u00a0"}</td>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, counts }, row) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {columns.map((column, index) => (
              <td key={column} className={index === row ? "hit" : undefined}>
                <b>{count(counts[index] ?? 0)}</b>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
