import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";

interface SecretProps {
  /** "ci-main is ready. Copy its secret now: it is shown once." */
  title: string;
  value: string;
  children?: ReactNode;
  onStored: () => void;
}

/** What is shown once and never again; it stays until somebody says that it is stored. */
export function Secret({ title, value, children, onStored }: SecretProps) {
  return (
    <div className="panel__body stack secret-box" role="status">
      <h3 className="row">
        <KeyRound className="icon" aria-hidden="true" />
        {title}
      </h3>
      <div className="secret">
        <code className="grow">{value}</code>
        <CopyButton text={value} label="Copy" wide />
      </div>
      <div className="row wrap small t2">
        <span>{children}</span>
        <span className="push">
          <Button small onClick={onStored}>
            I have stored it
          </Button>
        </span>
      </div>
    </div>
  );
}
