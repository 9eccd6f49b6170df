import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { register } from "./api";
import { PasswordInput } from "./password-input";
import { Refusal, useWait } from "./refusal";

type Account = Pick<Schemas["Register"], "email" | "username" | "password">;
const FIELDS = ["email", "username", "password"] as const;

/** What the browser knows, so that nobody is asked; written as the server reads it. */
function ofBrowser(): Pick<Schemas["Register"], "language" | "time_zone"> {
  const language = /^[a-z]{2}(-[A-Z]{2})?$/.exec(navigator.language)?.[0] ?? "en";
  return { language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC" };
}

interface AccountFormProps {
  /** Which link led here, with its token; none where anybody may sign up. */
  token: Partial<Pick<Schemas["Register"], "setup_token" | "invite_token">>;
  button: string;
  onDone: (made: Schemas["SessionRead"]) => void;
}

export function AccountForm({ token, button, onDone }: AccountFormProps) {
  const form = useForm<Account>({ defaultValues: { email: "", username: "", password: "" } });
  const [said, setSaid] = useState<string | null>(null);
  const attempt = useMutation({
    mutationFn: (account: Account) => register({ ...ofBrowser(), ...account, ...token }),
    onSuccess: onDone,
    onError: (error) => setSaid(showAtFields(error, FIELDS, form.setError)),
  });
  const wait = useWait(attempt.error);
  const { errors } = form.formState;
  return (
    <form className="stack" noValidate onSubmit={form.handleSubmit((account) => attempt.mutate(account))}>
      <Refusal error={attempt.error} wait={wait} said={said} />
      <Field label="E-mail" error={errors.email?.message}>
        <input className="input" type="email" autoComplete="email" autoFocus {...form.register("email", { required: "Write your e-mail address." })} />
      </Field>
      <Field label="User name" error={errors.username?.message} hint="Letters, digits, dot, dash, underscore. Others see it beside your changes.">
        <input
          className="input"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register("username", {
            required: "Choose a user name.",
            pattern: { value: /^[A-Za-z0-9._-]{2,64}$/, message: "Use 2 to 64 letters, digits, dots, dashes or underscores." },
          })}
        />
      </Field>
      <Field label="Password" error={errors.password?.message} hint="8 characters or more; a few words are best.">
        <PasswordInput autoComplete="new-password" {...form.register("password", { required: "Choose a password." })} />
      </Field>
      <Button type="submit" kind="primary" busy={attempt.isPending} disabled={wait > 0}>
        {button}
      </Button>
    </form>
  );
}
