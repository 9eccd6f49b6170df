import type { UseFormReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import type { GateForm } from "./settings-gate-values";
import { MetricRows } from "./settings-metric-rows";

/** What a version must show, and why that is asked: the same for a new gate and for the next policy of one. */
export function PolicyFields({ form }: { form: UseFormReturn<GateForm> }) {
  const { errors } = form.formState;
  return (
    <>
      <MetricRows form={form} />
      <Field label="Pairs needed, at least" error={errors.policy?.minimum_pairs?.message}>
        <input className="input" type="number" min={2} {...form.register("policy.minimum_pairs", { valueAsNumber: true, required: "Write a number." })} />
      </Field>
      <Field label="Evaluator" error={errors.policy?.evaluator?.message} hint="The one a verdict must rest on; empty for any.">
        <input className="input" list="gate-metrics" spellCheck={false} {...form.register("policy.evaluator")} />
      </Field>
      <label className="check">
        <input type="checkbox" {...form.register("policy.strict")} />
        Strict: inconclusive fails a build too
      </label>
      <label className="check">
        <input type="checkbox" {...form.register("policy.require_certificate")} />
        Only a judge with a valid certificate may pass a candidate
      </label>
      <Field label="Why" error={errors.message?.message}>
        <textarea className="input" rows={2} {...form.register("message")} />
      </Field>
    </>
  );
}
