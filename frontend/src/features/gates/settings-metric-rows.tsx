import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type UseFormReturn, useFieldArray } from "react-hook-form";
import { Button, IconButton } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { evaluatorNamesOptions } from "./settings-api";
import type { GateForm } from "./settings-gate-values";

const BUILT_IN = ["score", "failure", "hallucination_rate"];

export function MetricRows({ form }: { form: UseFormReturn<GateForm> }) {
  const rows = useFieldArray({ control: form.control, name: "policy.metrics" });
  const evaluators = useQuery(evaluatorNamesOptions);
  const names = [...BUILT_IN, ...(evaluators.data?.items.map((evaluator) => evaluator.name) ?? [])];
  const errors = form.formState.errors.policy?.metrics;
  return (
    <fieldset className="stack bare">
      <legend className="field__label">What may not get worse, and by how much</legend>
      {rows.fields.map((row, index) => (
        <div key={row.id} className="settings__metric">
          <Field label={`Metric ${index + 1}`} error={errors?.[index]?.metric?.message}>
            <input className="input" list="gate-metrics" spellCheck={false} {...form.register(`policy.metrics.${index}.metric`, { required: "Name a metric." })} />
          </Field>
          <Field label="Margin" error={errors?.[index]?.margin?.message}>
            <input
              className="input"
              type="number"
              step="any"
              min={0}
              max={1}
              {...form.register(`policy.metrics.${index}.margin`, { valueAsNumber: true, required: "Write a margin." })}
            />
          </Field>
          {rows.fields.length > 1 && (
            <IconButton label={`Remove metric ${index + 1}`} kind="quiet" onClick={() => rows.remove(index)}>
              <Trash2 className="icon" aria-hidden="true" />
            </IconButton>
          )}
        </div>
      ))}
      {errors?.message && <span className="field__error">{errors.message}</span>}
      <datalist id="gate-metrics">
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
      <div>
        <Button small onClick={() => rows.append({ metric: "", direction: null, margin: 0.05 })}>
          <Plus className="icon" aria-hidden="true" />
          Add a metric
        </Button>
      </div>
    </fieldset>
  );
}
