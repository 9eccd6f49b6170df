import type { ChartTable, OnFollow } from "@/components/charts/chart-types";

/** The figures of a chart, for everyone who reads better than they look. */
export function ChartDataTable({ table, onFollow }: { table: ChartTable; onFollow?: OnFollow }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard
    <div className="table-wrap chart-table" tabIndex={0} role="group" aria-label={`${table.caption}, scrolls`}>
      <table className="table">
        <caption className="sr">{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map(({ label, numeric }, index) => (
              <th key={`${index} ${label}`} scope="col" className={numeric ? "num" : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ key, cells, href }) => (
            <tr key={key}>
              {table.columns.map(({ label, numeric }, index) => {
                const text = cells[index] ?? "";
                if (index > 0) {
                  return (
                    <td key={`${index} ${label}`} className={numeric ? "num" : undefined}>
                      {text}
                    </td>
                  );
                }
                return (
                  <th key={`${index} ${label}`} scope="row">
                    {href === undefined ? (
                      text
                    ) : (
                      <a href={href} onClick={onFollow && ((event) => onFollow(event, href))}>
                        {text}
                      </a>
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
