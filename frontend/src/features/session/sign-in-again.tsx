import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { sessionEnded } from "@/services/session-ended";
import { meOptions, signIn } from "./api";
import { PasswordInput } from "./password-input";
import { Refusal, useWait } from "./refusal";

/** Over the page, which stays as it is: what was typed is not lost when a session ends. */
export function SignInAgain() {
  const client = useQueryClient();
  const [username, setUsername] = useState(client.getQueryData(meOptions.queryKey)?.user ?? "");
  const [password, setPassword] = useState("");
  const attempt = useMutation({
    mutationFn: () => signIn({ username, password }),
    onSuccess: async () => {
      sessionEnded.clear();
      await client.invalidateQueries();
    },
  });
  const wait = useWait(attempt.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <Dialog title="Your session ended" onClose={() => sessionEnded.clear()}>
      <form className="stack" onSubmit={submit}>
        <p className="t2">Sign in to go on. What you typed on this page is safe.</p>
        <Refusal error={attempt.error} wait={wait} />
        <Field label="User name or e-mail">
          <input className="input" autoComplete="username" value={username} onChange={(event) => setUsername(event.target.value)} />
        </Field>
        <Field label="Password">
          <PasswordInput autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        </Field>
        <Button type="submit" kind="primary" busy={attempt.isPending} disabled={wait > 0}>
          Sign in
        </Button>
      </form>
    </Dialog>
  );
}
