import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { promptNamesOptions } from "@/features/budgets/api";
import { PROMPTS_KEY, promptOptions } from "@/features/prompts/api";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { GATES_KEY, createGate } from "./settings-api";
import { type GateForm, refusedAt, sentPolicy } from "./settings-gate-values";
import { PolicyFields } from "./settings-policy-fields";

const FORM = "new-gate";
/** What the server takes where nothing is said: shown, so that it can be changed. */
const USUAL: GateForm["policy"] = {
  metrics: [
    { metric: "score", direction: null, margin: 0.05 },
    { metric: "failure", direction: null, margin: 0.05 },
  ],
  minimum_pairs: 20,
  evaluator: null,
  strict: false,
  require_certificate: false,
};

interface NewGateSheetProps {
  /** Name of the prompt somebody comes from. */
  prompt: string | undefined;
  label: string | undefined;
  onClose: () => void;
}

/** Which prompt, which of its labels, and what a version must show before the label may move to it. */
export function NewGateSheet({ prompt, label = "production", onClose }: NewGateSheetProps) {
  const all = useQuery({ ...promptNamesOptions, enabled: prompt === undefined });
  const named = useQuery({ ...promptOptions(prompt ?? ""), enabled: prompt !== undefined });
  const mayWrite = useMay("write");
  return (
    <Dialog
      title="New gate"
      shape="sheet"
      onClose={onClose}
      foot={
        mayWrite && (
          <>
            <span className="push" />
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" form={FORM} kind="primary">
              Make the gate
            </Button>
          </>
        )
      }
    >
      {!mayWrite && (
        <div className="sheet__section">
          <MayNot who="an editor or an admin" to="make a gate" />
        </div>
      )}
      {mayWrite && prompt === undefined && (
        <QueryStates query={all} failed="The prompts could not be loaded.">
          {({ items }) => <NewGateForm prompts={items} chosen="" label={label} onDone={onClose} />}
        </QueryStates>
      )}
      {mayWrite && prompt !== undefined && (
        <QueryStates query={named} failed="The prompt could not be loaded.">
          {(one) => <NewGateForm prompts={[one]} chosen={one.id} label={label} onDone={onClose} />}
        </QueryStates>
      )}
    </Dialog>
  );
}

interface NewGateFormProps {
  prompts: readonly { id: string; name: string }[];
  chosen: string;
  /** Proposed to who may protect it. */
  label: string;
  onDone: () => void;
}

function NewGateForm({ prompts, chosen, label, onDone }: NewGateFormProps) {
  const client = useQueryClient();
  const isAdmin = useMay("admin");
  const form = useForm<GateForm>({ defaultValues: { prompt_id: chosen, name: "release", label: isAdmin ? label : "", message: "", policy: USUAL } });
  const [said, setSaid] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: (values: GateForm) => createGate({ ...values, name: values.name.trim(), label: values.label.trim() || null, policy: sentPolicy(values) }),
    onSuccess: async (made) => {
      toast(made.label ? `${made.name} protects ${made.label} of ${made.prompt_name}.` : `Experiments of ${made.prompt_name} can name ${made.name}.`);
      onDone();
      await Promise.all([GATES_KEY, PROMPTS_KEY].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError: (error) => setSaid(refusedAt(error, form)),
  });
  const { errors } = form.formState;
  const send = form.handleSubmit((values) => {
    setSaid(null);
    if (!make.isPending) make.mutate(values);
  });
  return (
    <form id={FORM} className="sheet__section" noValidate onSubmit={send}>
      {said && <Notice kind="error">{said}</Notice>}
      <Field label="Prompt" error={errors.prompt_id?.message} hint={prompts.length === 0 && "There is no prompt yet; make one first."}>
        <select className="input" defaultValue={chosen} {...form.register("prompt_id", { required: "Choose a prompt." })}>
          <option value="">Choose</option>
          {prompts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      {isAdmin ? (
        <Field label="Label it protects" error={errors.label?.message} hint="It then moves only to a version that passes; empty for none.">
          <input className="input" spellCheck={false} autoComplete="off" {...form.register("label")} />
        </Field>
      ) : (
        <p className="small t2">It protects no label: only an admin can make one that does. Experiments can name it.</p>
      )}
      <Field label="Name" error={errors.name?.message} hint="Experiments and builds name it by this.">
        <input className="input" spellCheck={false} autoComplete="off" {...form.register("name", { required: "Give the gate a name." })} />
      </Field>
      <PolicyFields form={form} />
    </form>
  );
}
