import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { PasswordInput } from "@/features/session/password-input";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { changePassword, sessionsOptions } from "./api";

const EMPTY: Schemas["ChangePassword"] = { current_password: "", new_password: "" };

export function PasswordForm({ username }: { username: string }) {
  const client = useQueryClient();
  const form = useForm({ defaultValues: EMPTY });
  const [said, setSaid] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: changePassword,
    onSuccess: async () => {
      form.reset(EMPTY);
      setSaid(null);
      toast("Password changed. Every other session has ended.");
      await client.invalidateQueries({ queryKey: sessionsOptions.queryKey });
    },
    onError: (error) => setSaid(showAtFields(error, ["current_password", "new_password"], form.setError)),
  });
  const { errors } = form.formState;
  return (
    <Panel title="Change password" foot="Ends your sessions in other browsers.">
      <form className="stack settings__form" noValidate onSubmit={form.handleSubmit((values) => save.mutate(values))}>
        {said && <Notice kind="error">{said}</Notice>}
        <input className="sr" type="text" autoComplete="username" value={username} readOnly tabIndex={-1} aria-hidden="true" />
        <Field label="Current password" error={errors.current_password?.message}>
          <PasswordInput autoComplete="current-password" {...form.register("current_password", { required: "Write your current password." })} />
        </Field>
        <Field label="New password" error={errors.new_password?.message} hint="8 characters or more; a few words are best.">
          <PasswordInput autoComplete="new-password" {...form.register("new_password", { required: "Choose a new password." })} />
        </Field>
        <div className="row">
          <Button type="submit" busy={save.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
