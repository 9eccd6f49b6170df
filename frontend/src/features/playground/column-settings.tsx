import { useState } from "react";
import { Chip } from "@/components/ui/chip";
import { Field } from "@/components/ui/field";
import { ModelField } from "@/features/prompts/model-field";
import { NUMBERS, ParameterFields, withParameter } from "@/features/prompts/parameter-fields";
import { type ColumnContent, schemaOf } from "./state";

type Parameters = ColumnContent["parameters"];

function schemaError(text: string): string | undefined {
  try {
    schemaOf(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface ColumnSettingsProps {
  content: ColumnContent;
  letter: string;
  onChange: (change: Partial<ColumnContent>) => void;
}

function SettingsForm({ content, letter, onChange }: ColumnSettingsProps) {
  const { model, parameters, schema } = content;
  const put = (next: Parameters) => onChange({ parameters: next });
  return (
    <div className="stack">
      <ModelField label={`Model of ${letter}`} model={model} onChange={(next) => onChange({ model: next })} />
      <ParameterFields parameters={parameters} onChange={put} />
      <Field label="Stop, one a line" hint="The answer ends before any of these.">
        <textarea
          className="input mono"
          rows={2}
          value={(parameters.stop ?? []).join("\n")}
          onChange={({ target: { value } }) => put(withParameter(parameters, "stop", value === "" ? undefined : value.split("\n")))}
        />
      </Field>
      <Field label="Response schema" error={schemaError(schema)} hint="JSON Schema. With one, answers are JSON of this form; leave it empty for text.">
        <textarea className="input mono" rows={5} spellCheck={false} value={schema} onChange={(event) => onChange({ schema: event.target.value })} />
      </Field>
      <Field label="Template language">
        <select
          className="input"
          value={content.template_format}
          onChange={(event) => onChange({ template_format: event.target.value === "fstring" ? "fstring" : "jinja2" })}
        >
          <option value="jinja2">Jinja: {"{{ name }}"}</option>
          <option value="fstring">Braces: {"{name}"}</option>
        </select>
      </Field>
    </div>
  );
}

/** Model, parameters and schema: folded they are a line of chips. */
export function ColumnSettings({ content, letter, onChange }: ColumnSettingsProps) {
  const { model, parameters, schema } = content;
  const [isOpen, setOpen] = useState(false); // the list of models is asked for when it is looked at
  return (
    <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="sr">Model and parameters of {letter}: </span>
        <Chip>{model ?? "platform default"}</Chip>{" "}
        {NUMBERS.map(({ key, short }) => {
          const value = parameters[key];
          return value === null || value === undefined ? null : (
            <span key={key}>
              <Chip>
                {short} {value}
              </Chip>{" "}
            </span>
          );
        })}
        {parameters.stop && parameters.stop.length > 0 && <Chip>stop</Chip>} {schema.trim() !== "" && <Chip>schema</Chip>}
      </summary>
      {isOpen && <SettingsForm content={content} letter={letter} onChange={onChange} />}
    </details>
  );
}
