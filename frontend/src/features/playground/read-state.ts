import { type Column, MOST_COLUMNS, MOST_REPEATS, type PlaygroundState } from "./state";

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isWholeOrNull = (value: unknown): boolean => value === null || Number.isInteger(value);
const ROLES: readonly unknown[] = ["system", "user", "assistant"];
const FORMATS: readonly unknown[] = ["jinja2", "fstring"];

function isMessages(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((part) => isObject(part) && ROLES.includes(part.role) && isText(part.content));
}

function isContent(value: unknown): boolean {
  if (!isObject(value)) return false;
  const oneText = value.messages === null ? isText(value.template) : isMessages(value.messages) && value.template === null;
  return oneText && FORMATS.includes(value.template_format) && isTextOrNull(value.model) && isObject(value.parameters) && isText(value.schema);
}

function isSource(value: unknown): boolean {
  if (!isObject(value)) return false;
  const texts = [value.prompt_id, value.prompt_name, value.version_id];
  return texts.every(isText) && Number.isInteger(value.number) && isContent(value.content);
}

function isColumn(value: unknown): value is Column {
  return isObject(value) && isText(value.id) && (value.source === null || isSource(value.source)) && isContent(value.content);
}

function isFilledFrom(value: unknown): boolean {
  if (!isObject(value)) return false;
  const isPlaced = isWholeOrNull(value.position) && isWholeOrNull(value.total);
  return isText(value.id) && isText(value.prompt_id) && isPlaced && Array.isArray(value.names) && value.names.every(isText);
}

function isVariables(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((one) => isObject(one) && isText(one.text) && typeof one.json === "boolean");
}

/** Whether this is a state of ours. It is used as it came, never rebuilt: what a link holds is what is shown. */
export function isState(value: unknown): value is PlaygroundState {
  if (!isObject(value) || value.version !== 1) return false;
  const { columns, repeats, evaluators } = value;
  if (!Array.isArray(columns) || columns.length === 0 || columns.length > MOST_COLUMNS || !columns.every(isColumn)) return false;
  if (new Set(columns.map((column) => column.id)).size < columns.length) return false;
  if (!Number.isInteger(repeats) || Number(repeats) < 1 || Number(repeats) > MOST_REPEATS) return false;
  return (
    isVariables(value.variables) &&
    isText(value.expected) &&
    isText(value.context) &&
    (value.example === null || isFilledFrom(value.example)) &&
    Array.isArray(evaluators) &&
    evaluators.every(isText)
  );
}
