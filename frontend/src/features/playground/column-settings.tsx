import { useState } from "react";
import { Chip } from "@/components/ui/chip";
import { Field } from "@/components/ui/field";
import { ModelField } from "./model-field";
import { type ColumnContent, schemaOf } from "./state";

const NUMBERS = [
  { key: "temperature", label: "Temperature", short: "temperature", step: "0.1", min: 0 },
  { key: "max_tokens", label: "Max tokens", short: "max", step: "1", min: 1 },
  { key: "top_p", label: "Top p", short: "top p", step: "0.05", min: 0 },
  { key: "seed", label: "Seed", short: "seed", step: "1", min: 0 },
] as const;

type Parameters = ColumnContent["parameters"];

function withParameter<K extends keyof Parameters>(parameters: Parameters, key: K, value: Parameters[K] | undefined): Parameters {
  const { [key]: _, ...rest } = parameters;
  return value === undefined ? rest : { ...rest, [key]: value };
}

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
      <ModelField model={model} letter={letter} onChange={(next) => onChange({ model: next })} />
      <div className="half">
        {NUMBERS.map(({ key, label, step, min }) => (
          <Field key={key} label={label}>
            <input
              className="input"
              type="number"
              inputMode="decimal"
              step={step}
              min={min}
              placeholder="default"
              value={parameters[key] ?? ""}
              onChange={({ target: { value } }) => put(withParameter(parameters, key, value === "" ? undefined : Number(value)))}
            />
          </Field>
        ))}
      </div>
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
