import type { Schemas } from "@/services/http";

export type Message = Schemas["MessageRead"];

/** What a version consists of; two with the same are the same version. */
export type Content = Pick<
  Schemas["ServedVersion"],
  "template" | "messages" | "template_format" | "model" | "parameters" | "response_schema"
>;

export const BLANK: Content = {
  template: "",
  messages: null,
  template_format: "jinja2",
  model: null,
  parameters: {},
  response_schema: null,
};

export const contentOf = ({ template, messages, template_format, model, parameters, response_schema }: Content): Content => ({
  template,
  messages,
  template_format,
  model,
  parameters,
  response_schema,
});

/** JSON with the keys in order, so that two orders of the same are the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).toSorted()) : inner,
  );
}

export const sameContent = (one: Content, other: Content): boolean => canonical(contentOf(one)) === canonical(contentOf(other));

/** The parts a model is sent, each with its role; a text prompt is one user message. */
export const partsOf = ({ template, messages }: Content): Message[] => messages ?? [{ role: "user", content: template ?? "" }];

/** One text to compare, messages under a line with their role. */
export function textOf(content: Content, asMessages = content.messages !== null): string {
  if (!asMessages) return content.template ?? "";
  return partsOf(content)
    .map(({ role, content: text }) => `[${role}]\n${text}\n`)
    .join("");
}

export function toMessages(content: Content): Content {
  return content.messages ? content : { ...content, template: null, messages: partsOf(content) };
}

export function toText(content: Content): Content {
  if (!content.messages) return content;
  return { ...content, messages: null, template: content.messages.map((message) => message.content).join("\n\n") };
}

export interface ValueChange {
  name: string;
  before: string | null;
  after: string | null;
}

export const told = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === "string" ? value : JSON.stringify(value);

/** What differs besides the text. */
export function otherChanges(before: Content, after: Content): ValueChange[] {
  const values = (content: Content): Record<string, unknown> => ({
    format: content.template_format,
    model: content.model,
    ...content.parameters,
    "response schema": content.response_schema,
  });
  const [old, now] = [values(before), values(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => canonical(old[name] ?? null) !== canonical(now[name] ?? null))
    .map((name) => ({ name, before: told(old[name]), after: told(now[name]) }));
}
