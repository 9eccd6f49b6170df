import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button";

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
}

/**
 * A modal on the browser's own `<dialog>`: the page behind is inert, Escape closes, the focus goes back to where it was.
 * Mounted means open.
 */
export function Dialog({ title, onClose, children, foot, shape = "dialog", className }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
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
    // a click on the backdrop lands on the dialog itself; keyboards have Escape
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={element}
      className={clsx("modal", shape === "sheet" && "sheet", className)}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
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
        {foot && <footer className="sheet__foot row wrap">{foot}</footer>}
      </div>
    </dialog>
  );
}
