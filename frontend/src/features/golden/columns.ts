import type { Example, ExampleCreate, Variable } from "./api";

export type ColumnKind = "input" | "text" | "tags" | "split" | "weight" | "critical";

export interface Column {
  /** As an import names it: `input.question`, `expected_output`. */
  key: string;
  name: string;
  kind: ColumnKind;
  /** Without a value a run of the newest version would fail. */
  isRequired?: boolean;
}

const FIELDS: readonly Column[] = [
  { key: "expected_output", name: "expected", kind: "text" },
  { key: "criteria", name: "criteria", kind: "text" },
  { key: "tags", name: "tags", kind: "tags" },
  { key: "split", name: "split", kind: "split" },
  { key: "critical", name: "critical", kind: "critical" },
  { key: "context", name: "context", kind: "text" },
  { key: "weight", name: "weight", kind: "weight" },
];

export const INPUT = "input.";

export const inputKey = (variable: string) => `${INPUT}${variable}`;

/** `older` are inputs that the examples give and only an older version reads: other versions are compared on them. */
export const columnsOf = (variables: readonly Variable[], older: readonly string[] = []): Column[] => [
  ...[...variables, ...older.map((name) => ({ name, required: false }))].map(({ name, required }): Column => ({ key: inputKey(name), name, kind: "input", isRequired: required })),
  ...FIELDS,
];

/** What a cell says; null where there is no value. */
export type CellText = string | null;

type Fields = Omit<ExampleCreate, "input_data"> & Pick<Example, "input_data">;

export const EMPTY: Fields = { input_data: {}, tags: [], split: "test", weight: 1, critical: false };

/** What an example gives for a variable. */
export function givenOf({ input_data }: Partial<Fields>, variable: string): CellText {
  const value = input_data?.[variable];
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function textOf(example: Partial<Fields>, { key, name, kind }: Column): CellText {
  switch (kind) {
    case "input":
      return givenOf(example, name);
    case "text":
      return example[key as "expected_output" | "criteria" | "context"] ?? null;
    case "tags":
      return example.tags?.length ? example.tags.join("; ") : null;
    case "split":
      return example.split ?? null;
    case "weight":
      return String(example.weight ?? 1);
    case "critical":
      return example.critical ? "true" : "false";
  }
}

export const isMissing = (example: Pick<Example, "input_data">, column: Column): boolean =>
  column.isRequired === true && textOf(example, column) === null;

/** What a run of the newest version lacks in this example. */
export const missingIn = (example: Pick<Example, "input_data">, columns: readonly Column[]): Column[] =>
  columns.filter((column) => isMissing(example, column));

/** A sentence about a text that the column cannot take. */
export class BadCell extends Error {}

export const tagsOf = (text: string): string[] => [...new Set(text.split(";").map((tag) => tag.trim()))].filter((tag) => tag !== "");

function weightOf(text: string): number {
  const weight = text.trim() === "" ? 1 : Number(text);
  if (!(weight > 0 && weight <= 1_000)) throw new BadCell("A weight is a number above 0, at most 1,000.");
  return weight;
}

function criticalOf(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (["true", "yes", "1"].includes(word)) return true;
  if (["false", "no", "0", ""].includes(word)) return false;
  throw new BadCell("Critical is true or false.");
}

type Json = Example["input_data"][string];

/** A value that was not text stays what it was: a list is edited as its JSON. */
function inputOf(before: Json | undefined, text: string): Json {
  if (before === undefined || before === null || typeof before === "string") return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new BadCell("This input is not text; write it as JSON.");
  }
}

export type Texts = Readonly<Record<string, CellText>>;

/** The change a row's edited texts ask for. Inputs go as a whole. Raises BadCell with the column's key as its cause. */
export function changesOf(example: Partial<Fields>, columns: readonly Column[], texts: Texts): Partial<Fields> {
  const changes: Partial<Fields> = {};
  const inputs: Record<string, Json> = { ...example.input_data };
  let hasInput = false;
  for (const column of columns) {
    const { key, name, kind } = column;
    const text = texts[key];
    const before = example.input_data?.[name];
    if (text === undefined) continue;
    try {
      if (kind === "input") {
        hasInput = true;
        if (text === null || (text === "" && !column.isRequired)) delete inputs[name];
        else inputs[name] = inputOf(before, text);
      } else if (kind === "text") changes[key as "expected_output" | "criteria" | "context"] = text === "" ? null : text;
      else if (kind === "tags") changes.tags = tagsOf(text ?? "");
      else if (kind === "split") changes.split = text?.trim() || "test";
      else if (kind === "weight") changes.weight = weightOf(text ?? "");
      else changes.critical = criticalOf(text ?? "");
    } catch (error) {
      throw error instanceof BadCell ? new BadCell(error.message, { cause: key }) : error;
    }
  }
  if (hasInput) changes.input_data = inputs;
  return changes;
}
