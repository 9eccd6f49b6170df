import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { changeGate, gateOptions, gatesOptions } from "./settings-api";
import { type GateForm, MetricRows } from "./settings-metric-rows";

const WHOLE = ["message", "policy.minimum_pairs", "policy.evaluator", "policy.strict", "policy.require_certificate"] as const;

interface GatePolicyFormProps {
  gate: Schemas["GateRead"];
  onDone: () => void;
}

/** Filled once from the gate as it was when the sheet opened. */
export function GatePolicyForm({ gate, onDone }: GatePolicyFormProps) {
  const client = useQueryClient();
  const form = useForm<GateForm>({ defaultValues: { message: "", policy: gate.policy } });
  const [number] = useState(gate.number);
  const [said, setSaid] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (values: GateForm) =>
      changeGate({
        id: gate.id,
        number,
        body: { message: values.message, policy: { ...values.policy, evaluator: values.policy.evaluator?.trim() || null } },
      }),
    onSuccess: async (changed) => {
      client.setQueryData(gateOptions(gate.id).queryKey, changed);
      toast(`Policy ${changed.number} of ${changed.name} is in force.`);
      onDone();
      await client.invalidateQueries({ queryKey: gatesOptions.queryKey });
    },
    onError: (error) => {
      const rows = form.getValues("policy.metrics").flatMap((_row, index) => [`policy.metrics.${index}.metric`, `policy.metrics.${index}.margin`] as const);
      setSaid(showAtFields(error, [...rows, ...WHOLE, "policy.metrics"], form.setError));
    },
  });
  const { errors } = form.formState;
  return (
    <form className="sheet__section" noValidate onSubmit={form.handleSubmit((values) => save.mutate(values))}>
      <h3>Change the policy</h3>
      {said && (
        <Notice kind="error">
          {save.error?.status === 412 && "Somebody changed this gate meanwhile; your values are kept. Close the sheet and open it again to see theirs. "}
          {said}
        </Notice>
      )}
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
      <p className="small t3">Verdicts under the policy before open the label no more; measure again under the new one.</p>
      <div>
        <Button type="submit" kind="primary" busy={save.isPending}>
          Save as policy {number + 1}
        </Button>
      </div>
    </form>
  );
}
