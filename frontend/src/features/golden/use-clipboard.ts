import { type RefObject, useEffect, useEffectEvent } from "react";

/**
 * Copy and paste while an element has the focus. The events go to where the text caret was last, which is
 * not where the focus is, so that they are heard at the document.
 */
export function useClipboard(element: RefObject<HTMLElement | null>, onCopy: () => string | null, onPaste: (text: string) => void): void {
  const copy = useEffectEvent((event: ClipboardEvent) => {
    const text = document.activeElement === element.current ? onCopy() : null;
    if (text === null || !event.clipboardData) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", text);
  });
  const paste = useEffectEvent((event: ClipboardEvent) => {
    if (document.activeElement !== element.current) return;
    event.preventDefault();
    onPaste(event.clipboardData?.getData("text/plain") ?? "");
  });
  useEffect(() => {
    document.addEventListener("copy", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("paste", paste);
    };
  }, []);
}
