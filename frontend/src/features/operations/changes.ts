type Row = Readonly<Record<string, unknown>>;

export interface Change {
  field: string;
  /** Undefined: it was not there. */
  before: string | undefined;
  after: string | undefined;
}

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields of fields as `policy.minimum_pairs`, so that only what differs is shown. */
function flat(row: Row, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(row)) {
    const name = prefix + key;
    if (isRow(value) && Object.keys(value).length > 0) for (const [inner, text] of flat(value, `${name}.`)) found.set(inner, text);
    else found.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return found;
}

/** What an act changed, by name; equal on both sides is left out. */
export function changesOf(before: Row | null, after: Row | null): Change[] {
  const [old, now] = [flat(before ?? {}), flat(after ?? {})];
  const fields = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  return fields
    .map((field) => ({ field, before: old.get(field), after: now.get(field) }))
    .filter((change) => change.before !== change.after);
}
