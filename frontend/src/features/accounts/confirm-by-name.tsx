import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { ApiError } from "@/services/http";

interface ConfirmByNameProps {
  title: string;
  /** What has to be typed. */
  name: string;
  button: string;
  busy: boolean;
  error: ApiError | null;
  onConfirm: () => void;
  onClose: () => void;
  /** What is gone afterwards. */
  children: ReactNode;
}

/** For what no Undo brings back. */
export function ConfirmByName({ title, name, button, busy, error, onConfirm, onClose, children }: ConfirmByNameProps) {
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === name) onConfirm();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="t2">{children}</p>
        {error && <Notice kind="error">{error.detail || error.title}</Notice>}
        <Field
          label={
            <>
              Type <b>{name}</b> to go on
            </>
          }
        >
          <input className="input" autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <div className="row">
          <Button type="submit" kind="danger" busy={busy} disabled={typed.trim() !== name}>
            {button}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Keep it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
