import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { showAtFields } from "@/services/form-errors";
import { type Kind, type Webhook, WEBHOOKS_KEY, type WebhookMade, changeWebhook, createWebhook } from "./api";
import { KINDS, KIND_WORDS, kindsOf, nameOf } from "./event-kinds";

interface WebhookForm {
  url: string;
  description: string;
  kinds: Kind[];
}

interface WebhookSheetProps {
  /** What is changed; nothing for a new one. */
  webhook: Webhook | undefined;
  onMade: (made: WebhookMade) => void;
  onClose: () => void;
}

/** Where it leads, and what it hears of. */
export function WebhookSheet({ webhook, onMade, onClose }: WebhookSheetProps) {
  const client = useQueryClient();
  const form = useForm<WebhookForm>({
    defaultValues: { url: webhook?.url ?? "", description: webhook?.description ?? "", kinds: kindsOf(webhook?.kinds ?? []) },
  });
  const [refusal, setRefusal] = useState<string | null>(null);
  const done = () => client.invalidateQueries({ queryKey: WEBHOOKS_KEY });
  const tell = (error: Parameters<typeof showAtFields>[0]) => setRefusal(showAtFields(error, ["url", "description", "kinds"], form.setError));
  const create = useMutation({
    mutationFn: createWebhook,
    onSuccess: async (made) => {
      await done();
      onMade(made);
    },
    onError: tell,
  });
  const change = useMutation({
    mutationFn: changeWebhook,
    onSuccess: async (changed) => {
      await done();
      toast(`${nameOf(changed)} is changed.`);
      onClose();
    },
    onError: tell,
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title={webhook ? `Change ${nameOf(webhook)}` : "New webhook"}
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="webhook" kind="primary" className="push" busy={create.isPending || change.isPending}>
          {webhook ? "Save" : "Make the webhook"}
        </Button>
      }
    >
      <form
        id="webhook"
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((values) => {
          setRefusal(null);
          if (webhook) change.mutate({ id: webhook.id, body: values });
          else create.mutate(values);
        })}
      >
        {refusal && <Notice kind="error">{refusal}</Notice>}
        <Field label="URL" error={errors.url?.message} hint="https; it gets a signed POST for each event.">
          <input className="input" type="url" inputMode="url" autoComplete="off" spellCheck={false} {...form.register("url", { required: "Say where it leads." })} />
        </Field>
        <Field label="Name" error={errors.description?.message} hint="May be empty.">
          <input className="input" autoComplete="off" {...form.register("description")} />
        </Field>
        <fieldset className="stack bare">
          <legend className="field__label">Hears of; none ticked is everything</legend>
          {KINDS.map((kind) => (
            <label key={kind} className="check">
              <input type="checkbox" value={kind} {...form.register("kinds")} />
              <span>
                {KIND_WORDS[kind]} <code className="t3">{kind}</code>
              </span>
            </label>
          ))}
          {errors.kinds?.message && (
            <span className="field__error" role="alert">
              {errors.kinds.message}
            </span>
          )}
        </fieldset>
      </form>
    </Dialog>
  );
}
