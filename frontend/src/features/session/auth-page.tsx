import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Logo } from "@/features/shell/logo";
import { setupOptions } from "./api";

interface AuthPageProps {
  title: string;
  beside?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}

/** What stands before the shell: one panel, and nothing else to do. */
export function AuthPage({ title, beside, foot, children }: AuthPageProps) {
  const setup = useQuery(setupOptions);
  return (
    <main className="auth" id="main">
      <title>{`${title} · llmops`}</title>
      <div className="row">
        <span className="brand">
          <Logo />
        </span>
        {setup.data && <span className="push small t3">{setup.data.version}</span>}
      </div>
      <div className="auth__cols auth__cols--one">
        <section className="panel" aria-labelledby="auth-title">
          <div className="panel__head">
            <h1 id="auth-title">{title}</h1>
            {beside && <span className="push small t3 cut">{beside}</span>}
          </div>
          <div className="panel__body stack">{children}</div>
          {foot && <div className="panel__foot">{foot}</div>}
        </section>
      </div>
      <p className="small t3 auth__foot">Runs on your own machine. No telemetry.</p>
    </main>
  );
}
