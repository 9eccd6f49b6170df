import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { signIn } from "./api";
import { PasswordInput } from "./password-input";
import { Refusal, useWait } from "./refusal";

interface SignInFormProps {
  onDone: () => void;
}

export function SignInForm({ onDone }: SignInFormProps) {
  const form = useForm<Schemas["Login"]>({ defaultValues: { username: "", password: "" } });
  const [said, setSaid] = useState<string | null>(null);
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: onDone,
    onError: (error) => {
      setSaid(showAtFields(error, ["username", "password"], form.setError));
      if (error.status === 401) form.setFocus("password", { shouldSelect: true });
    },
  });
  const wait = useWait(attempt.error);
  const { errors } = form.formState;
  return (
    <form className="stack" noValidate onSubmit={form.handleSubmit((values) => attempt.mutate(values))}>
      <Refusal error={attempt.error} wait={wait} said={said} />
      <Field label="User name or e-mail" error={errors.username?.message}>
        <input
          className="input"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          {...form.register("username", { required: "Write your user name or your e-mail address." })}
        />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        <PasswordInput autoComplete="current-password" {...form.register("password", { required: "Write your password." })} />
      </Field>
      <Button type="submit" kind="primary" busy={attempt.isPending} disabled={wait > 0}>
        Sign in
      </Button>
    </form>
  );
}
