import { lintTemplate } from "@/components/editor/template-lint";
import { letterOf, partsOfColumn, type Column, type ColumnContent, type PlaygroundState, type VariableValue } from "./state";

/** Names a text reads, with whether it can do without a value. */
export function namesIn(content: ColumnContent): Map<string, boolean> {
  const required = new Map<string, boolean>();
  for (const part of partsOfColumn(content)) {
    const { uses } = lintTemplate(part.content, { format: content.template_format });
    for (const use of uses) required.set(use.name, use.required && required.get(use.name) !== false);
  }
  return required;
}

export interface SharedVariable {
  name: string;
  /** The columns that read it, as letters. */
  readBy: string[];
}

/** The union over the columns, in the order of their first use. */
export function sharedVariables(columns: readonly Column[]): SharedVariable[] {
  const all = new Map<string, string[]>();
  columns.forEach((column, index) => {
    for (const name of namesIn(column.content).keys()) all.set(name, [...(all.get(name) ?? []), letterOf(index)]);
  });
  return [...all].map(([name, readBy]) => ({ name, readBy }));
}

// a variable may be called `constructor` or `__proto__`
export const valueIn = (variables: PlaygroundState["variables"], name: string): VariableValue | undefined =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;

/** With the value under the name; an undefined one takes it away. */
export function withValue(variables: PlaygroundState["variables"], name: string, value: VariableValue | undefined): PlaygroundState["variables"] {
  const others = Object.entries(variables).filter(([other]) => other !== name || value !== undefined);
  const told = others.map(([other, old]): [string, VariableValue] => [other, other === name && value ? value : old]);
  return Object.fromEntries(value && !Object.hasOwn(variables, name) ? [...told, [name, value]] : told);
}

export const asTyped = (value: unknown): VariableValue =>
  typeof value === "string" ? { text: value, json: false } : { text: JSON.stringify(value, null, 2), json: true };

/** The value that is sent; throws SyntaxError where JSON was meant and is not there. */
export function asSent({ text, json }: VariableValue): unknown {
  return json ? (JSON.parse(text) as unknown) : text;
}

export interface Values {
  values: Record<string, unknown>;
  missing: string[];
  broken: string[];
}

/** What one column is given: only what it reads, because the server refuses the rest. */
export function valuesFor(content: ColumnContent, variables: PlaygroundState["variables"]): Values {
  const found: [string, unknown][] = [];
  const result: Omit<Values, "values"> = { missing: [], broken: [] };
  for (const [name, isRequired] of namesIn(content)) {
    const value = valueIn(variables, name);
    if (value === undefined) {
      if (isRequired) result.missing.push(name);
      continue;
    }
    try {
      found.push([name, asSent(value)]);
    } catch {
      result.broken.push(name);
    }
  }
  return { values: Object.fromEntries(found), ...result };
}
