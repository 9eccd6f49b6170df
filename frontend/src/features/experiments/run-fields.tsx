import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { Field } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { promptGatesOptions } from "./plan-api";
import type { Wishes } from "./plan-form";
import type { Complaints } from "./use-plan";

interface RunFieldsProps {
  promptId: string;
  wishes: Wishes;
  usualName: string;
  complaints: Complaints["at"];
  onChange: (change: Partial<Wishes>) => void;
}

const REPEATS = ["1", "3", "5"].map((value) => ({ value, label: value }));

function GateField({ promptId, wishes, complaints, onChange }: Omit<RunFieldsProps, "usualName">) {
  // the gates are asked for when somebody wants another one
  const [isAsked, setAsked] = useState(false);
  const gates = useQuery({ ...promptGatesOptions(promptId), enabled: isAsked });
  const known = gates.data?.items ?? [];
  return (
    <Field label="Gate" error={complaints.gate} hint={gates.error ? "The gates could not be loaded." : "its policy gives the verdict"}>
      <select
        className="input"
        value={wishes.gate}
        onFocus={() => setAsked(true)}
        onPointerDown={() => setAsked(true)}
        onChange={(event) => onChange({ gate: event.target.value })}
      >
        <option value="">the one that protects production, if any</option>
        {wishes.gate && !known.some((gate) => gate.name === wishes.gate) && <option>{wishes.gate}</option>}
        {known.map((gate) => (
          <option key={gate.id} value={gate.name}>
            {gate.name}
            {gate.label && ` (protects ${gate.label})`}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function RunFields(props: RunFieldsProps) {
  const { wishes, usualName, complaints, onChange } = props;
  return (
    <Panel title="Gate, repeats and limits">
      <div className="half">
        <div className="stack">
          <Field label="Name" error={complaints.experiment_name}>
            <input className="input" value={wishes.name} placeholder={usualName} maxLength={200} onChange={(event) => onChange({ name: event.target.value })} />
          </Field>
          <GateField {...props} />
          <Field label="Tags" error={complaints.tags} hint="with commas between">
            <input className="input" value={wishes.tags} onChange={(event) => onChange({ tags: event.target.value })} />
          </Field>
        </div>
        <div className="stack">
          <div className="field">
            <span className="field__label">Repeats of each answer</span>
            <div className="row">
              <Segmented label="Repeats of each answer" options={REPEATS} value={wishes.repeats} onChange={(repeats) => onChange({ repeats })} />
            </div>
            {complaints.repeats && <span className="field__error">{complaints.repeats}</span>}
          </div>
          <div className="row top">
            <Field label="Stop at this cost, $" error={complaints.max_cost_usd} hint="empty: no cap">
              <input className="input" inputMode="decimal" value={wishes.cap} onChange={(event) => onChange({ cap: event.target.value })} />
            </Field>
            <Field label="Cases at once" error={complaints.concurrency} hint="empty: the usual number">
              <input
                className="input"
                type="number"
                min={1}
                max={512}
                value={wishes.concurrency}
                onChange={(event) => onChange({ concurrency: event.target.value })}
              />
            </Field>
          </div>
          <label className="check">
            <input type="checkbox" checked={wishes.adaptive} onChange={(event) => onChange({ adaptive: event.target.checked })} />
            Stop as soon as the examples have an answer
          </label>
          {complaints.adaptive && <span className="field__error">{complaints.adaptive}</span>}
        </div>
      </div>
    </Panel>
  );
}
