import { useState } from "react";
import { Field } from "@/components/ui/field";

interface JsonFieldProps<T> {
  label: string;
  value: T;
  /** Instead of an empty text. */
  empty: T;
  hint?: string;
  rows?: number;
  onChange: (value: T) => void;
}

function read<T>(text: string, empty: T): { value: T } | { error: string } {
  if (text.trim() === "") return { value: empty };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return { error: "Write a JSON object, in braces." };
    return { value: value as T };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const write = (value: unknown): string =>
  value === null || (typeof value === "object" && Object.keys(value).length === 0) ? "" : JSON.stringify(value, null, 2);

/** A JSON object as text; what cannot be read yet stays in the field and changes nothing. */
export function JsonField<T extends object | null>({ label, value, empty, hint, rows = 4, onChange }: JsonFieldProps<T>) {
  const [typed, setTyped] = useState<{ text: string; error?: string; of: T } | null>(null);
  const isMine = typed !== null && (typed.error !== undefined || write(typed.of) === write(value));
  return (
    <Field label={label} error={isMine ? typed.error : undefined} hint={hint}>
      <textarea
        className="input mono"
        rows={rows}
        spellCheck={false}
        value={isMine ? typed.text : write(value)}
        onChange={({ target: { value: text } }) => {
          const result = read(text, empty);
          if ("error" in result) setTyped({ text, error: result.error, of: value });
          else {
            setTyped({ text, of: result.value });
            onChange(result.value);
          }
        }}
      />
    </Field>
  );
}
