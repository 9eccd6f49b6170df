import { type Content, type Message, partsOf, sameContent } from "@/features/prompts/content";

export const MOST_COLUMNS = 4;
export const MOST_REPEATS = 10;
const NOW = 1;

/** A value as it is typed; `json` says that it stands for more than a text. */
export interface VariableValue {
  text: string;
  json: boolean;
}

export interface Source {
  prompt_id: string;
  prompt_name: string;
  version_id: string;
  number: number;
  /** As the library has it, so that a link needs nothing else to say what was changed. */
  content: ColumnContent;
}

/** What is sent, with the schema as it is typed: its spaces and half a schema are kept as well. */
export type ColumnContent = Omit<Content, "response_schema"> & { schema: string };

export interface Column {
  id: string;
  source: Source | null;
  content: ColumnContent;
}

/** The golden example the variables came from. */
export interface FilledFrom {
  id: string;
  prompt_id: string;
  /** From 1, where the list of examples is known. */
  position: number | null;
  total: number | null;
  names: string[];
}

/** All that stands in the playground; plain JSON, so that a link brings back every byte of it. */
export interface PlaygroundState {
  version: typeof NOW;
  columns: Column[];
  variables: Record<string, VariableValue>;
  expected: string;
  context: string;
  example: FilledFrom | null;
  evaluators: string[];
  repeats: number;
}

export const SCRATCH: ColumnContent = {
  template: "",
  messages: null,
  template_format: "jinja2",
  model: null,
  parameters: {},
  schema: "",
};

export const BLANK: PlaygroundState = {
  version: NOW,
  columns: [{ id: "1", source: null, content: SCRATCH }],
  variables: {},
  expected: "",
  context: "",
  example: null,
  evaluators: [],
  repeats: 1,
};

export const letterOf = (index: number): string => String.fromCharCode(65 + index);

export const columnContent = ({ template, messages, template_format, model, parameters, response_schema }: Content): ColumnContent => ({
  template,
  messages,
  template_format,
  model,
  parameters,
  schema: response_schema === null ? "" : JSON.stringify(response_schema, null, 2),
});

type Schema = Content["response_schema"];

/** The schema, or null for none; throws SyntaxError where the text is no JSON object. */
export function schemaOf(text: string): Schema {
  if (text.trim() === "") return null;
  const schema: unknown = JSON.parse(text);
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) throw new SyntaxError("A schema is a JSON object.");
  return schema as Schema;
}

/** Parameters that are set; a line of `stop` that is still empty is none. */
export function setParameters({ stop, ...rest }: Content["parameters"]): Content["parameters"] {
  const stops = stop?.filter((text) => text !== "") ?? [];
  const set = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  return { ...Object.fromEntries(set), ...(stops.length > 0 && { stop: stops }) };
}

/** What a version would consist of; throws SyntaxError for a schema that is none. */
export const asContent = ({ schema, parameters, ...rest }: ColumnContent): Content => ({
  ...rest,
  parameters: setParameters(parameters),
  response_schema: schemaOf(schema),
});

export function isEdited({ source, content }: Column): boolean {
  if (!source) return false;
  const plain = { response_schema: null };
  return source.content.schema !== content.schema || !sameContent({ ...source.content, ...plain }, { ...content, ...plain });
}

export const partsOfColumn = (content: ColumnContent): Message[] => partsOf({ ...content, response_schema: null });

export const isBlank = ({ source, content }: Column): boolean =>
  source === null && partsOfColumn(content).every((part) => part.content.trim() === "");

export function columnOf(id: string, served: Content & { id: string; prompt_id: string; number: number }, prompt_name: string): Column {
  const content = columnContent(served);
  return { id, content, source: { prompt_id: served.prompt_id, prompt_name, version_id: served.id, number: served.number, content } };
}

let made = 0;

/** Never one that was there before: a closed column may come back. */
export const newId = (): string => `${Date.now().toString(36)}-${(made += 1)}`;
