import { Fragment } from "react";
import { Panel } from "@/components/layout/panel";
import { JsonView } from "@/components/json-view";
import { type Content, told } from "./content";
import { JsonField } from "./json-field";
import { ModelField } from "./model-field";
import { ParameterFields } from "./parameter-fields";

interface EditProps {
  content: Content;
  onChange: (content: Content) => void;
}

function ModelForm({ content, onChange }: EditProps) {
  const { model, parameters } = content;
  return (
    <div className="stack">
      <ModelField label="Model" model={model} onChange={(next) => onChange({ ...content, model: next })} />
      <ParameterFields parameters={parameters} onChange={(next) => onChange({ ...content, parameters: next })} />
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
