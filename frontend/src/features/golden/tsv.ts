/** What spreadsheets put on the clipboard: tabs between cells, quotes around cells that hold tabs, lines or quotes. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quoted(text, at) : null;
    const end = cell?.end ?? plainEnd(text, at);
    row.push(cell ? cell.value : text.slice(at, end));
    const isLast = end >= text.length;
    if (!isLast && text[end] === "\t") {
      at = end + 1;
      if (at === text.length) row.push("");
      continue;
    }
    rows.push(row);
    row = [];
    at = text.startsWith("\r\n", end) ? end + 2 : end + 1;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function plainEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && text[end] !== "\t" && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return end;
}

/** A cell in quotes; null where the quote is just a character of the text. */
function quoted(text: string, from: number): { value: string; end: number } | null {
  let value = "";
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return null;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      const next = text[quote + 1];
      return next === undefined || next === "\t" || next === "\n" || next === "\r" ? { value, end: quote + 1 } : null;
    }
    value += '"';
    at = quote + 2;
  }
}

const asCell = (text: string) => (/^"|[\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const toTsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map(asCell).join("\t")).join("\n");
