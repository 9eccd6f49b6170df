import type { Schemas } from "@/services/http";
import type { Evaluator } from "./api";

/** One option of an evaluator as a control: what it is called, how it is written, and what it is without being written. */
export interface OptionField {
  name: string;
  label: string;
  /** What it is for, in the server's words. */
  about: string | undefined;
  kind: "choice" | "yes-no" | "number" | "text" | "lines" | "json";
  choices: readonly (string | number)[];
  isWhole: boolean;
  least: number | undefined;
  most: number | undefined;
  /** As the control shows it. */
  standard: string | boolean;
}

export type OptionValues = Record<string, string | boolean>;

type Json = Schemas["JsonValue"];
type Spec = Readonly<Record<string, unknown>>;

const isSpec = (value: unknown): value is Spec => typeof value === "object" && value !== null && !Array.isArray(value);
const numeric = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** `anyOf: [what it is, null]` says that it may be left out. */
function withoutNull(spec: Spec): Spec {
  const kinds: unknown[] = Array.isArray(spec.anyOf) ? spec.anyOf : [];
  const found = kinds.find((one): one is Spec => isSpec(one) && one.type !== "null");
  return found ?? spec;
}

function kindOf(spec: Spec): OptionField["kind"] {
  if (Array.isArray(spec.enum)) return "choice";
  if (spec.type === "boolean") return "yes-no";
  if (spec.type === "integer" || spec.type === "number") return "number";
  if (spec.type === "string") return "text";
  return spec.type === "array" && isSpec(spec.items) && spec.items.type === "string" ? "lines" : "json";
}

/** A stored value in the words of its control. */
function written(value: unknown, kind: OptionField["kind"]): string | boolean {
  if (kind === "yes-no") return value === true;
  if (value === null || value === undefined) return "";
  if (kind === "lines" && Array.isArray(value)) return value.join("\n");
  return typeof value === "string" ? value : JSON.stringify(value, null, kind === "json" ? 2 : 0);
}

/** A list whose items have lines of their own cannot be written one a line. */
const isUnlined = (value: unknown): boolean => Array.isArray(value) && value.some((one) => typeof one !== "string" || one.trim() === "" || one.includes("\n"));

/** `stored` is what a version says already. */
export function optionFields(evaluator: Evaluator | undefined, stored: Readonly<Record<string, unknown>> = {}): OptionField[] {
  return Object.entries(evaluator?.options ?? {}).map(([name, whole]) => {
    const spec = withoutNull(whole);
    const told = kindOf(spec);
    const kind = told === "lines" && isUnlined(stored[name]) ? "json" : told;
    const words = name.replaceAll("_", " ");
    const choices: unknown[] = Array.isArray(spec.enum) ? spec.enum : [];
    return {
      name,
      label: words.charAt(0).toUpperCase() + words.slice(1),
      about: [spec.description, whole.description].find((words) => typeof words === "string"),
      kind,
      choices: choices.filter((choice): choice is string | number => typeof choice === "string" || typeof choice === "number"),
      isWhole: spec.type === "integer",
      least: numeric(spec.minimum),
      most: numeric(spec.maximum),
      standard: written(whole.default, kind),
    };
  });
}

export const valuesOf = (fields: readonly OptionField[], options: Readonly<Record<string, unknown>>): OptionValues =>
  Object.fromEntries(fields.map(({ name, kind, standard }) => [name, name in options ? written(options[name], kind) : standard]));

/** What one control says, or undefined where it says nothing; throws for JSON that is none. */
function read(field: OptionField, text: string | boolean): Json | undefined {
  if (typeof text === "boolean") return text;
  if (text.trim() === "") return undefined;
  switch (field.kind) {
    case "choice":
      return field.choices.find((choice) => String(choice) === text) ?? text;
    case "number":
      return Number(text);
    case "lines":
      return text.split("\n").filter((line) => line.trim() !== "");
    case "json":
      return JSON.parse(text) as Json;
    default:
      return text;
  }
}

export interface ReadOptions {
  options: Record<string, Json>;
  /** Controls whose text cannot be read. */
  unreadable: readonly string[];
}

/** Only what differs from the standard is sent: the same judge is the same version, however it was written. */
export function optionsOf(fields: readonly OptionField[], values: OptionValues): ReadOptions {
  const options: Record<string, Json> = {};
  const unreadable: string[] = [];
  for (const field of fields) {
    const text = values[field.name] ?? field.standard;
    if (text === field.standard) continue;
    try {
      const value = read(field, text);
      if (value !== undefined) options[field.name] = value;
    } catch {
      unreadable.push(field.name);
    }
  }
  return { options, unreadable };
}

/** `option levels: …` names the option it is about. */
export const optionNamed = (detail: string, fields: readonly OptionField[]): string | undefined =>
  fields.find(({ name }) => new RegExp(`\\boption ${name}\\b`).test(detail) || detail.includes(`'${name}'`))?.name;

function told(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return `\n${value.map((one) => `- ${one}`).join("\n")}`;
  if (typeof value === "string") return /\s/.test(value) ? `\n${value}` : ` ${value}`;
  return ` ${JSON.stringify(value, null, 2)}`;
}

/** A version as one text, so that two can be laid side by side. */
export function versionText(version: Pick<Schemas["JudgeVersionRead"], "evaluator" | "model" | "options">): string {
  const options = Object.entries(version.options).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lines = [`evaluator: ${version.evaluator}`, `model: ${version.model ?? "the experiment's judge model"}`];
  return `${[...lines, ...options.map(([name, value]) => `${name}:${told(value)}`)].join("\n")}\n`;
}
