import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button, IconButton } from "./button";
import { Notice } from "./notice";
import { useLeave } from "./use-leave";

// where somebody starts: what asks for it, else the first field, else the first button of the body
const BODY = ".sheet__body :is(input, select, textarea):not([disabled])";
const FIRST = `[data-autofocus], ${BODY}`;

interface DialogProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  foot?: ReactNode;
  /** `sheet` comes from the right and is as high as the window; `dialog` stands in the middle. */
  shape?: "dialog" | "sheet";
  className?: string;
  /** A draft keeps what is typed: Escape and the backdrop need not ask. */
  keepsText?: boolean;
}

/**
 * A modal on the browser's own `<dialog>`: the page behind is inert, Escape closes, the focus goes back to where it was.
 * Mounted means open.
 */
export function Dialog({ title, onClose, children, foot, shape = "dialog", className, keepsText = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const { isAsking, listeners } = useLeave({ element, onClose, isKept: keepsText });
  const heading = useId();

  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={element}
      className={clsx("modal", shape === "sheet" && "sheet", className)}
      aria-labelledby={heading}
      {...listeners}
    >
      <div className="modal__frame">
        <header className="sheet__head row">
          <h2 id={heading} tabIndex={-1}>
            {title}
          </h2>
          <IconButton label="Close" kind="quiet" className="push" onClick={onClose}>
            <X className="icon" aria-hidden="true" />
          </IconButton>
        </header>
        <div className="sheet__body">{children}</div>
        {(foot || isAsking) && (
          <footer className="sheet__foot row wrap">
            {isAsking && (
              <div className="own-line" role="alert">
                <Notice
                  kind="warn"
                  action={
                    <Button small kind="danger" onClick={onClose}>
                      Discard
                    </Button>
                  }
                >
                  What you typed here is not saved.
                </Notice>
              </div>
            )}
            {foot}
          </footer>
        )}
      </div>
    </dialog>
  );
}
