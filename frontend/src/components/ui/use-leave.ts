import { type FormEvent, type MouseEvent, type PointerEvent, type RefObject, type SyntheticEvent, useRef, useState } from "react";

const WRITTEN = "textarea, .sheet form :is(input:not([type]), [type=text], [type=email], [type=url])";

interface Leave {
  element: RefObject<HTMLDialogElement | null>;
  onClose: () => void;
  /** Nothing is lost: the text is kept elsewhere, or there is none. */
  isKept: boolean;
}

/** Escape and the backdrop: what was typed goes only when that is said twice. */
export function useLeave({ element, onClose, isKept }: Leave) {
  const isPressed = useRef(false);
  const hasTyped = useRef(false);
  const [isAsking, setAsking] = useState(false);
  const isWritten = () =>
    hasTyped.current && [...(element.current?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(WRITTEN) ?? [])].some(({ value }) => value.trim() !== "");
  const leave = () => (isKept || !isWritten() ? onClose() : setAsking(true));
  return {
    isAsking,
    /** For the `<dialog>`; a click on the backdrop lands on it. */
    listeners: {
      onPointerDown: (event: PointerEvent) => {
        isPressed.current = event.target === element.current;
      },
      // a selection dragged out of a field ends on the backdrop, but did not begin there
      onClick: (event: MouseEvent) => {
        if (event.target === element.current && isPressed.current && !isAsking) leave();
      },
      onInput: ({ target }: FormEvent) => {
        if (target instanceof Element && target.matches(WRITTEN)) hasTyped.current = true;
        if (isAsking) setAsking(false);
      },
      // a file picker that is left without a file says cancel, too
      onCancel: (event: SyntheticEvent) => {
        if (event.target !== element.current) return;
        event.preventDefault();
        if (isAsking) onClose();
        else leave();
      },
      // a browser lets a second Escape through without asking
      onClose: () => {
        if (element.current?.open === false) onClose();
      },
    },
  };
}
