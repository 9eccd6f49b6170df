import { clsx } from "clsx";
import { LongText } from "./long-text";

interface JsonViewProps {
  value: unknown;
  label: string;
  /** Without the frame, where the place has one. */
  bare?: boolean;
}

/** A JSON value, indented, as plain text; a text that is JSON is told as JSON, any other as it is. */
export function JsonView({ value, label, bare = false }: JsonViewProps) {
  return (
    <div className={clsx("json", !bare && "well")} role="group" aria-label={label} tabIndex={0}>
      <LongText text={indented(value)} className="mono" ltr />
    </div>
  );
}

function indented(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" ? JSON.stringify(parsed, null, 2) : value;
  } catch {
    return value;
  }
}
