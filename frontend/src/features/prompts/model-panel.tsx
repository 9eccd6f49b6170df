import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { Panel } from "@/components/layout/panel";
import { Field } from "@/components/ui/field";
import { JsonView } from "@/components/json-view";
import { modelsOptions } from "./api";
import { type Content, told } from "./content";
import { JsonField } from "./json-field";

const NUMBERS = [
  { key: "temperature", label: "Temperature", step: "0.1", min: 0 },
  { key: "max_tokens", label: "Max tokens", step: "1", min: 1 },
  { key: "top_p", label: "Top p", step: "0.05", min: 0 },
  { key: "seed", label: "Seed", step: "1", min: 0 },
] as const;

type Parameters = Content["parameters"];

function withNumber(parameters: Parameters, key: (typeof NUMBERS)[number]["key"], text: string): Parameters {
  const { [key]: _, ...rest } = parameters;
  return text === "" || Number.isNaN(Number(text)) ? rest : { ...rest, [key]: Number(text) };
}

interface EditProps {
  content: Content;
  onChange: (content: Content) => void;
}

function ModelForm({ content, onChange }: EditProps) {
  const models = useQuery(modelsOptions);
  const { model, parameters } = content;
  const usable = models.data?.items.filter((one) => one.usable || one.name === model).map((one) => one.name) ?? [];
  const names = model && !usable.includes(model) ? [model, ...usable] : usable;
  return (
    <div className="stack">
      <Field label="Model" hint={models.error ? "The list of models could not be loaded." : undefined}>
        <select className="input" value={model ?? ""} onChange={(event) => onChange({ ...content, model: event.target.value || null })}>
          <option value="">{models.data ? `Platform default, now ${models.data.default}` : "Platform default"}</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
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
              onChange={(event) => onChange({ ...content, parameters: withNumber(parameters, key, event.target.value) })}
            />
          </Field>
        ))}
      </div>
      <details className="fold">
        <summary>All parameters and the response schema as JSON</summary>
        <div className="stack">
          <JsonField label="Parameters" value={parameters} empty={{}} hint='Such as {"stop": ["---"]}.' onChange={(next) => onChange({ ...content, parameters: next })} />
          <JsonField
            label="Response schema"
            value={content.response_schema}
            empty={null}
            rows={8}
            hint="JSON Schema. With one, answers are JSON of this form; leave it empty for text."
            onChange={(next) => onChange({ ...content, response_schema: next })}
          />
        </div>
      </details>
    </div>
  );
}

function ModelFacts({ content }: { content: Content }) {
  const entries = Object.entries(content.parameters).filter(([, value]) => value !== null && value !== undefined);
  return (
    <div className="stack">
      <dl className="kv">
        <dt>Model</dt>
        <dd>{content.model ?? <span className="t2">platform default</span>}</dd>
        {entries.map(([name, value]) => (
          <Fragment key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{told(value)}</dd>
          </Fragment>
        ))}
      </dl>
      {entries.length === 0 && <p className="small t3">No parameter is set; the model's own defaults count.</p>}
      {content.response_schema && <JsonView value={content.response_schema} label="Response schema" />}
    </div>
  );
}

interface ModelPanelProps {
  content: Content;
  /** Left out to read only. */
  onChange?: (content: Content) => void;
}

export function ModelPanel({ content, onChange }: ModelPanelProps) {
  return <Panel title="Model">{onChange ? <ModelForm content={content} onChange={onChange} /> : <ModelFacts content={content} />}</Panel>;
}
