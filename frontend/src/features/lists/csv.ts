type Flat = Record<string, string>;

const isPlain = (value: unknown): value is string | number | boolean => typeof value !== "object" && value !== undefined;

/** One line of the file: what lies deeper is named by its way, `score.value`. */
function flat(value: unknown, way: string, into: Flat): Flat {
  if (value === null || value === undefined) into[way] = "";
  else if (isPlain(value)) into[way] = String(value);
  else if (Array.isArray(value)) into[way] = value.every(isPlain) ? value.join("; ") : JSON.stringify(value);
  else for (const [key, one] of Object.entries(value)) flat(one, way && key ? `${way}.${key}` : key, into);
  return into;
}

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

/** A text that a spreadsheet would run as a formula is marked as a text. */
const safe = (text: string): string => (/^[=+\-@\t\r]/.test(text) && !isNumber(text) ? `'${text}` : text);

const cell = (text: string): string => `"${safe(text).replaceAll('"', '""')}"`;

/** Hands a text to the browser as a file that spreadsheets read as UTF-8. */
export function saveCsv(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The rows as the API gave them, a column for each field that any of them has. */
export function csvOf(rows: readonly object[]): string {
  const lines = rows.map((row) => flat(row, "", {}));
  const named = new Set(lines.flatMap(Object.keys));
  // null in one row and an object in another: the fields of the object say it
  const names = [...named].filter((name) => ![...named].some((other) => other.startsWith(`${name}.`)));
  return [names, ...lines.map((line) => names.map((name) => line[name] ?? ""))].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
