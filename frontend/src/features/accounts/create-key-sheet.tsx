import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Scope } from "@/features/session/api";
import { showAtFields } from "@/services/form-errors";
import { type ApiKeyMade, createKey } from "./api";
import { SCOPES } from "./roles";

interface KeyForm {
  name: string;
  scopes: Scope[];
  expires_in_days: number;
}

const LIVES = [30, 90, 180, 365];
const START: readonly Scope[] = ["read", "run"];

interface CreateKeySheetProps {
  /** What the form starts with. */
  name?: string;
  scopes?: readonly Scope[];
  onMade: (made: ApiKeyMade) => void;
  onClose: () => void;
}

export function CreateKeySheet({ name = "", scopes = START, onMade, onClose }: CreateKeySheetProps) {
  const form = useForm<KeyForm>({ defaultValues: { name, scopes: [...scopes], expires_in_days: 90 } });
  const [said, setSaid] = useState<string | null>(null);
  const create = useMutation({
    mutationFn: createKey,
    onSuccess: onMade,
    onError: (error) => setSaid(showAtFields(error, ["name", "scopes", "expires_in_days"], form.setError)),
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title="Create an API key"
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="create-key" kind="primary" className="push" busy={create.isPending}>
          Create key
        </Button>
      }
    >
      <form id="create-key" className="sheet__section" noValidate onSubmit={form.handleSubmit((values) => create.mutate(values))}>
        {said && <Notice kind="error">{said}</Notice>}
        <Field label="Name" error={errors.name?.message} hint="What uses it: ci-main, notebook, help-centre-web.">
          <input className="input" autoComplete="off" {...form.register("name", { required: "Give the key a name." })} />
        </Field>
        <fieldset className="stack bare">
          <legend className="field__label">It may</legend>
          {SCOPES.map((scope) => (
            <label key={scope.value} className="check">
              <input
                type="checkbox"
                value={scope.value}
                {...form.register("scopes", { validate: (chosen) => chosen.length > 0 || "Choose at least one." })}
              />
              <span>
                <b>{scope.value}</b> <span className="t2">{scope.may}</span>
              </span>
            </label>
          ))}
          {errors.scopes?.message && (
            <span className="field__error" role="alert">
              {errors.scopes.message}
            </span>
          )}
        </fieldset>
        <Field label="Expires" error={errors.expires_in_days?.message}>
          <select className="input" {...form.register("expires_in_days", { valueAsNumber: true })}>
            {LIVES.map((days) => (
              <option key={days} value={days}>
                in {days} days
              </option>
            ))}
          </select>
        </Field>
      </form>
    </Dialog>
  );
}
