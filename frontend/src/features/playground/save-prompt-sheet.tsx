import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { PROMPTS_KEY, type Prompt, createPrompt } from "@/features/prompts/api";
import type { Content } from "@/features/prompts/content";
import { showAtFields } from "@/services/form-errors";

const FORM = "save-prompt";

interface SavePromptSheetProps {
  content: Content;
  onSaved: (prompt: Pick<Prompt, "id" | "name" | "latest_version">) => void;
  onClose: () => void;
}

export function SavePromptSheet({ content, onSaved, onClose }: SavePromptSheetProps) {
  const client = useQueryClient();
  const form = useForm({ defaultValues: { name: "", message: "" } });
  const [said, setSaid] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (names: { name: string; message: string }) => {
      const { template, messages, ...rest } = content;
      return createPrompt({ ...rest, ...(messages ? { messages } : { template: template ?? "" }), ...names });
    },
    onSuccess: async (prompt) => {
      await client.invalidateQueries({ queryKey: PROMPTS_KEY });
      onSaved(prompt);
    },
    onError: (error) => {
      if (error.status === 409) form.setError("name", { type: "server", message: error.detail }, { shouldFocus: true });
      else setSaid(showAtFields(error, ["name", "message"], form.setError));
    },
  });
  return (
    <Dialog
      title="Save as a new prompt"
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form={FORM} kind="primary" className="push" busy={save.isPending}>
          Save prompt
        </Button>
      }
    >
      <form
        id={FORM}
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((names) => {
          setSaid(null);
          save.mutate(names);
        })}
      >
        {said && <Notice kind="error">{said}</Notice>}
        <Field label="Name" error={form.formState.errors.name?.message} hint="Folders are written with slashes: support/answer.">
          <input className="input" autoFocus autoComplete="off" {...form.register("name", { required: "Give the prompt a name." })} />
        </Field>
        <Field label="What is it for?" error={form.formState.errors.message?.message} hint="Stands beside the first version.">
          <textarea className="input" rows={2} {...form.register("message")} />
        </Field>
      </form>
    </Dialog>
  );
}
