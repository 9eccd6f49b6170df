import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { newKey } from "@/lib/new-key";
import { type Status, rejudge } from "./api";
import { modelsOptions } from "./plan-api";

interface RejudgeDialogProps {
  status: Status;
  onClose: () => void;
}

/** The stored answers under another judge model, as a new experiment; what is not chosen stays as it was. */
export function RejudgeDialog({ status, onClose }: RejudgeDialogProps) {
  const navigate = useNavigate();
  const [key] = useState(newKey);
  const models = useQuery(modelsOptions);
  const judging = useMutation({
    mutationFn: rejudge,
    onSuccess: ({ experiment_id }) => void navigate({ to: "/experiments/$experimentId", params: { experimentId: experiment_id } }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const model = new FormData(event.currentTarget).get("model");
    judging.mutate({ id: status.experiment_id, key: `${key} ${String(model)}`, body: { evaluators: [], judge_model: typeof model === "string" && model ? model : null } });
  };
  return (
    <Dialog
      title="Judge again"
      onClose={onClose}
      foot={
        <Button kind="primary" type="submit" form="rejudge" busy={judging.isPending}>
          Judge again
        </Button>
      }
    >
      <form id="rejudge" className="stack" onSubmit={submit}>
        <p className="t2">The answers stay as they are and only the judges are asked and paid. It makes a new experiment; this one is kept.</p>
        <QueryStates query={models} failed="The models could not be loaded." rows={1}>
          {({ items }) => (
            <Field label="Judge model" hint={`now ${status.judge_model}`}>
              <select className="input" name="model" defaultValue="">
                <option value="">as before</option>
                {items.map((model) => (
                  <option key={model.name} value={model.name} disabled={!model.usable}>
                    {model.name}
                    {!model.usable && " (its provider has no key)"}
                  </option>
                ))}
              </select>
            </Field>
          )}
        </QueryStates>
        {judging.error && <Notice kind="error">{judging.error.detail || judging.error.title}</Notice>}
      </form>
    </Dialog>
  );
}
