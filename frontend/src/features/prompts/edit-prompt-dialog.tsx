import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { showAtFields } from "@/services/form-errors";
import { PROMPTS_KEY, type Prompt, patchPrompt } from "./api";
import { NAME_HINT, NAME_RULE, tagsIn } from "./new-prompt-fields";

const FORM = "edit-prompt";

interface Fields {
  name: string;
  description: string;
  tags: string;
}

/** Name, description and tags; the old name goes on working. */
export function EditPromptDialog({ prompt, onClose }: { prompt: Prompt; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [said, setSaid] = useState<string | null>(null);
  const form = useForm<Fields>({ defaultValues: { name: prompt.name, description: prompt.description, tags: prompt.tags.join(", ") } });
  const change = useMutation({
    mutationFn: patchPrompt,
    onSuccess: async (changed) => {
      if (changed.name !== prompt.name) await navigate({ to: "/prompts/$", params: { _splat: changed.name }, replace: true });
      onClose();
      await client.invalidateQueries({ queryKey: PROMPTS_KEY });
    },
    onError: (error) => {
      if (error.code === "name_taken") form.setError("name", { message: error.detail }, { shouldFocus: true });
      else setSaid(showAtFields(error, ["name", "description", "tags"], form.setError));
    },
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title={`Rename or describe ${prompt.name}`}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={FORM} kind="primary" busy={change.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="stack"
        noValidate
        onSubmit={form.handleSubmit(({ name, description, tags }) => change.mutate({ id: prompt.id, body: { name, description, tags: tagsIn(tags) } }))}
      >
        {said && <Notice kind="error">{said}</Notice>}
        <Field label="Name" error={errors.name?.message} hint="Clients that use the old name go on working.">
          <input className="input" autoComplete="off" {...form.register("name", { pattern: { value: NAME_RULE, message: NAME_HINT }, required: "A prompt needs a name." })} />
        </Field>
        <Field label="Description" error={errors.description?.message}>
          <textarea className="input" rows={3} maxLength={2000} {...form.register("description")} />
        </Field>
        <Field label="Tags" error={errors.tags?.message} hint="With commas between.">
          <input className="input" autoComplete="off" {...form.register("tags")} />
        </Field>
      </form>
    </Dialog>
  );
}
