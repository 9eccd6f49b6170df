import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { Notice } from "@/components/ui/notice";
import { AccountForm } from "@/features/session/account-form";
import { setupOptions } from "@/features/session/api";
import { AuthPage } from "@/features/session/auth-page";
import { FirstSteps } from "@/features/session/first-steps";
import { ResetForm } from "@/features/session/reset-form";
import { useEnter } from "@/features/session/use-enter";
import { useLinkToken } from "@/features/session/use-link-token";

const FOOT = (
  <span>
    Have an account already? <Link to="/sign-in">Sign in</Link>
  </span>
);

/** The pages that one-time links lead to: the first account, an invitation, another password. */
export function WelcomePage() {
  const path = useLocation({ select: (location) => location.pathname });
  const { token, forget } = useLinkToken();
  const enter = useEnter();
  const [isMade, setMade] = useState(false);
  const setup = useQuery(setupOptions);
  const goIn = () => enter("/");

  if (isMade)
    return (
      <AuthPage title="Your workspace is ready">
        <FirstSteps onGo={enter} />
      </AuthPage>
    );
  if (path === "/reset" && token)
    return (
      <AuthPage title="Choose a new password" foot={FOOT}>
        <ResetForm token={token} onDone={goIn} />
      </AuthPage>
    );
  if (path === "/invite" && token)
    return (
      <AuthPage title="Join the workspace" foot={FOOT}>
        <p className="t2">You were invited. If you have an account here already, give its e-mail, user name and password: it joins as it is.</p>
        <AccountForm token={{ invite_token: token }} button="Join" onDone={goIn} />
      </AuthPage>
    );
  if (path === "/welcome" && token)
    return (
      <AuthPage title="Create the owner account" foot={FOOT}>
        <p className="t2">You opened the link from the terminal, so you may create the first account.</p>
        <AccountForm
          token={{ setup_token: token }}
          button="Create owner"
          onDone={() => {
            forget();
            setMade(true);
          }}
        />
      </AuthPage>
    );
  if (path === "/welcome" && setup.data?.signup_open && !setup.data.first_run)
    return (
      <AuthPage title="Create an account" foot={FOOT}>
        <AccountForm token={{}} button="Create account" onDone={goIn} />
      </AuthPage>
    );
  return (
    <AuthPage title="This link is not complete" foot={FOOT}>
      <Notice kind="warn">The part after the # is missing. Open the link again as it was printed or sent to you, all of it.</Notice>
    </AuthPage>
  );
}
