import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import type { Schemas } from "@/services/http";
import { GATES_KEY, changeGate, gateOptions } from "./settings-api";
import { type GateForm, refusedAt, sentPolicy } from "./settings-gate-values";
import { PolicyFields } from "./settings-policy-fields";

interface GatePolicyFormProps {
  gate: Schemas["GateRead"];
  onDone: () => void;
}

/** Filled once from the gate as it was when the sheet opened. */
export function GatePolicyForm({ gate, onDone }: GatePolicyFormProps) {
  const client = useQueryClient();
  const { prompt_id, name, label, policy } = gate;
  const form = useForm<GateForm>({ defaultValues: { prompt_id, name, label: label ?? "", message: "", policy } });
  const [number] = useState(gate.number);
  const [said, setSaid] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (values: GateForm) =>
      changeGate({ id: gate.id, number, body: { message: values.message, policy: { ...gate.policy, ...sentPolicy(values) } } }),
    onSuccess: async (changed) => {
      client.setQueryData(gateOptions(gate.id).queryKey, changed);
      toast(`Policy ${changed.number} of ${changed.name} is in force.`);
      onDone();
      await client.invalidateQueries({ queryKey: GATES_KEY });
    },
    onError: (error) => setSaid(refusedAt(error, form)),
  });
  return (
    <form className="sheet__section" noValidate onSubmit={form.handleSubmit((values) => save.mutate(values))}>
      <h3>Change the policy</h3>
      {said && (
        <Notice kind="error">
          {save.error?.status === 412 && "Somebody changed this gate meanwhile; your values are kept. Close the sheet and open it again to see theirs. "}
          {said}
        </Notice>
      )}
      <PolicyFields form={form} />
      <p className="small t3">Verdicts under the policy before open the label no more; measure again under the new one.</p>
      <div>
        <Button type="submit" kind="primary" busy={save.isPending}>
          Save as policy {number + 1}
        </Button>
      </div>
    </form>
  );
}
