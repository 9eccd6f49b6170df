import { Fragment, useMemo } from "react";
import { lintTemplate } from "@/components/editor/template-lint";
import { Panel } from "@/components/layout/panel";
import { type Content, partsOf } from "./content";

interface Used {
  name: string;
  required: boolean;
}

/** What the text reads as it stands now, in the order of first use. */
export function variablesIn(content: Content): Used[] {
  const found = new Map<string, boolean>();
  for (const part of partsOf(content)) {
    const { uses } = lintTemplate(part.content, { format: content.template_format });
    const asked = new Set(uses.filter((use) => !use.required).map((use) => use.name));
    for (const { name } of uses) found.set(name, (found.get(name) ?? false) || !asked.has(name));
  }
  return Array.from(found, ([name, required]) => ({ name, required }));
}

interface VariablesPanelProps {
  /** What the server found in a saved version. */
  saved?: readonly Used[];
  /** Else the text in the making. */
  content: Content;
  known: readonly string[] | null;
}

export function VariablesPanel({ saved, content, known }: VariablesPanelProps) {
  const read = useMemo(() => variablesIn(content), [content]);
  const used = saved ?? read;
  const gone = saved ? [] : (known ?? []).filter((name) => !used.some((one) => one.name === name));
  return (
    <Panel title="Variables">
      {used.length + gone.length === 0 ? (
        <p className="small t2">The text reads no variable. Write one as {"{{ question }}"}.</p>
      ) : (
        <dl className="kv">
          {used.map(({ name, required }) => (
            <Fragment key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>
                {required ? "required" : "optional"}
                {!saved && known && !known.includes(name) && <span className="delta--worse">, new: examples need it</span>}
              </dd>
            </Fragment>
          ))}
          {gone.map((name) => (
            <Fragment key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd className="t2">no line uses it any more</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </Panel>
  );
}
