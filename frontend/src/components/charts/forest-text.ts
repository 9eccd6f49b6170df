import { NOT_ENOUGH, boundsCell, cell, changeText, figureText, spokenFigure } from "@/components/charts/chart-text";
import type { ChartTable, ForestPlotProps, ForestRow, Format } from "@/components/charts/chart-types";
import { count } from "@/lib/format";

export function rowText(row: ForestRow, format: Format): string {
  if (row.text !== undefined) return row.text;
  if (row.value === null) return row.n === undefined ? NOT_ENOUGH : `${NOT_ENOUGH}, n=${count(row.n)}`;
  if (row.baseline && row.baseline.value !== null) {
    return changeText(row.baseline.value, row.value, format);
  }
  return figureText(row, format).replace("], n=", "] n=");
}

export function forestLabel({ title, rows, format, margin }: ForestPlotProps): string {
  const accepted = margin === undefined ? "" : ` Accepted loss: ${format(margin).replace("+", "")}.`;
  const figures = rows.map((row) => {
    const before = row.baseline ? `${spokenFigure(row.baseline, format)} before, then ` : "";
    return `${row.label}: ${before}${spokenFigure(row, format)}${row.final === false ? ", not final" : ""}.`;
  });
  return `${title}, with 95 percent intervals. ${figures.join(" ")}${accepted}`;
}

export function forestTable({ title, rows, format }: ForestPlotProps): ChartTable {
  const paired = rows.some((row) => row.baseline);
  const columns = [
    { label: title },
    ...(paired ? [{ label: "Baseline", numeric: true }] : []),
    { label: paired ? "Candidate" : "Value", numeric: true },
    { label: "95 % CI", numeric: true },
    { label: "n", numeric: true },
  ];
  return {
    caption: title,
    columns,
    rows: rows.map((row) => ({
      key: row.id,
      cells: [
        row.label,
        ...(paired ? [row.baseline ? figureText(row.baseline, format) : cell(null, format)] : []),
        row.value === null ? NOT_ENOUGH : format(row.value),
        boundsCell(row.interval, format),
        cell(row.n, count),
      ],
    })),
  };
}
