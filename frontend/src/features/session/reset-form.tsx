import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { showAtFields } from "@/services/form-errors";
import { resetPassword } from "./api";
import { PasswordInput } from "./password-input";
import { Refusal, useWait } from "./refusal";

interface ResetFormProps {
  token: string;
  onDone: () => void;
}

export function ResetForm({ token, onDone }: ResetFormProps) {
  const form = useForm({ defaultValues: { new_password: "" } });
  const [said, setSaid] = useState<string | null>(null);
  const attempt = useMutation({
    mutationFn: (values: { new_password: string }) => resetPassword({ token, ...values }),
    onSuccess: onDone,
    onError: (error) => setSaid(showAtFields(error, ["new_password"], form.setError)),
  });
  const wait = useWait(attempt.error);
  return (
    <form className="stack" noValidate onSubmit={form.handleSubmit((values) => attempt.mutate(values))}>
      <Refusal error={attempt.error} wait={wait} said={said} />
      <p className="t2">With the new password you are signed in here, and signed out everywhere else.</p>
      <Field label="New password" error={form.formState.errors.new_password?.message} hint="8 characters or more; a few words are best.">
        <PasswordInput autoComplete="new-password" autoFocus {...form.register("new_password", { required: "Choose a password." })} />
      </Field>
      <Button type="submit" kind="primary" busy={attempt.isPending} disabled={wait > 0}>
        Set the password and sign in
      </Button>
    </form>
  );
}
