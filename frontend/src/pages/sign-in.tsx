import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { Notice } from "@/components/ui/notice";
import { setupOptions } from "@/features/session/api";
import { AuthPage } from "@/features/session/auth-page";
import { FollowLink } from "@/features/session/follow-link";
import { safeNext } from "@/features/session/safe-next";
import { SignInForm } from "@/features/session/sign-in-form";
import { useEnter } from "@/features/session/use-enter";
import { useLinkToken } from "@/features/session/use-link-token";

const FORGOTTEN = (
  <details className="fold">
    <summary>Forgot the password?</summary>
    <p>
      Somebody at the machine that runs this can print a link for you: <code>llmops users reset-link NAME</code>
    </p>
  </details>
);

export function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const setup = useQuery(setupOptions);
  const enter = useEnter();
  const { token, forget } = useLinkToken();
  const target = safeNext(next);
  useEffect(forget, [forget]); // a token has no business in the address or its history
  const goOn = () => enter(target);
  return (
    <AuthPage title="Sign in" beside={target !== "/" && `then on to ${target}`} foot={FORGOTTEN}>
      {setup.data?.first_run && (
        <Notice kind="info">
          No account exists yet: open the link that <code>llmops up</code> printed.
        </Notice>
      )}
      {token && <FollowLink token={token} onDone={goOn} />}
      <SignInForm onDone={goOn} />
      {setup.data?.signup_open && !setup.data.first_run && (
        <p className="small">
          New here? <Link to="/welcome">Create an account</Link>
        </p>
      )}
    </AuthPage>
  );
}
