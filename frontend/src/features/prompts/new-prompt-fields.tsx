import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Draft } from "@/lib/draft";
import { showAtFields } from "@/services/form-errors";
import type { Content } from "./content";
import { importText } from "./import-text";
import type { StarterExample } from "./starters";
import { type NewPrompt, useNewPrompt } from "./use-new-prompt";

export const NEW_PROMPT_FORM = "new-prompt";
export const NAME_RULE = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;
export const NAME_HINT = "Small letters, digits, dots, dashes; a slash makes a folder: support/answer.";

export interface Fields {
  name: string;
  tags: string;
  text: string;
}

export const NO_FIELDS: Fields = { name: "", tags: "", text: "" };

export const tagsIn = (text: string): string[] => [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "");

interface NewPromptFieldsProps {
  name?: string;
  description?: string;
  tags?: readonly string[];
  /** What it begins with; else the text is written here. */
  content?: Partial<Content>;
  examples?: readonly StarterExample[];
  /** Keeps what is typed in this browser until the prompt is made. */
  draft?: Draft<Fields>;
}

/** The part of the sheet that is the same wherever the text comes from. Give it a `key` where that changes. */
export function NewPromptFields({ name = "", description, tags = [], content, examples, draft }: NewPromptFieldsProps) {
  const form = useForm<Fields>({ defaultValues: draft?.value ?? { name, tags: tags.join(", "), text: "" } });
  const [said, setSaid] = useState<string | null>(null);
  const [isResumed, setResumed] = useState(draft?.isDirty === true);
  const create = useNewPrompt(() => draft?.discard());
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) => {
    if (create.isPending) return;
    const written = values.text.trim() === "" ? null : importText(values.text);
    const body: NewPrompt = { name: values.name, tags: tagsIn(values.tags), content: content ?? written, ...(description && { description }), ...(examples && { examples }) };
    create.mutate(body, {
      onError: (error) => {
        if (error.code === "name_taken") form.setError("name", { message: error.detail }, { shouldFocus: true });
        else setSaid(showAtFields(error, ["name", "tags"], form.setError));
      },
    });
  });
  const keep = () => {
    const values = form.getValues();
    if (Object.values(values).every((value) => value.trim() === "")) draft?.discard();
    else draft?.set(values);
  };
  const startAgain = () => {
    draft?.discard();
    form.reset(NO_FIELDS);
    setResumed(false);
  };
  return (
    <form id={NEW_PROMPT_FORM} className="sheet__section" noValidate onSubmit={submit} onChange={keep}>
      {isResumed && (
        <Notice
          action={
            <Button small onClick={startAgain}>
              Discard it
            </Button>
          }
        >
          This draft was kept in this browser.
        </Notice>
      )}
      {said && <Notice kind="error">{said}</Notice>}
      <Field label="Name" error={errors.name?.message} hint={NAME_HINT}>
        <input
          className="input"
          autoComplete="off"
          autoFocus={name === ""}
          {...form.register("name", {
            required: "Give the prompt a name.",
            maxLength: { value: 200, message: "200 characters at most." },
            pattern: { value: NAME_RULE, message: NAME_HINT },
          })}
        />
      </Field>
      <Field label="Tags" error={errors.tags?.message} hint="With commas between.">
        <input className="input" autoComplete="off" {...form.register("tags")} />
      </Field>
      {content === undefined && (
        <Field label="Text" hint="Variables stand in double braces: {{ question }}. Leave it empty to write it later.">
          <textarea className="input mono" rows={10} spellCheck={false} dir="auto" {...form.register("text")} />
        </Field>
      )}
    </form>
  );
}
