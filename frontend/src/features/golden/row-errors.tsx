import { CircleX } from "lucide-react";
import { saveCsv } from "@/features/lists/csv";
import { plural } from "@/lib/format";
import type { RowError } from "./api";

const TOLD = 50;

export function RowErrors({ errors }: { errors: readonly RowError[] }) {
  return (
    <>
      <ul className="checks" aria-label="Errors by row">
        {errors.slice(0, TOLD).map((error, index) => (
          <li key={index}>
            <span className="no">
              <CircleX className="icon" aria-hidden="true" />
            </span>
            <span>
              <b>Row {error.row}</b> {error.field && <code>{error.field}</code>}
              <br />
              <span className="t2">{error.message}</span>
            </span>
          </li>
        ))}
      </ul>
      {errors.length > TOLD && <p className="small t2">{plural(errors.length - TOLD, "more error")} in the file of errors.</p>}
    </>
  );
}

/** A cell of CSV that no spreadsheet takes for a formula. */
const cell = (text: string) => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;

/** For the person who has to mend the file. */
export function errorsFile(errors: readonly RowError[]): string {
  const lines = errors.map(({ row, field, message }) => [String(row), cell(field ?? ""), cell(message)].join(","));
  return ["row,field,message", ...lines].join("\r\n");
}

export const saveErrors = (errors: readonly RowError[]): void => saveCsv("import-errors", errorsFile(errors));
