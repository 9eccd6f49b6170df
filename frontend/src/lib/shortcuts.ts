import { useEffect, useRef } from "react";

/** `j`, `Enter`, `mod+s`, `g p` (one after the other); `mod` is ⌘ on a Mac, Ctrl elsewhere. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => void>;

const LEADER = "g"; // "go to": the key after it means nothing else
const SEQUENCE_MS = 900;
const SWITCH = "llmops.single-keys";

export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(SWITCH, on ? "on" : "off");
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
export const modKey = isMac ? "⌘" : "Ctrl ";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"))
  );
}

function nameOf(event: KeyboardEvent): string {
  const mod = event.metaKey || event.ctrlKey ? "mod+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "shift+" : "";
  return mod + shift + (event.key.length === 1 && mod ? event.key.toLowerCase() : event.key);
}

/** Listens on the document while the component is mounted. Single letters are off while somebody types. */
export function useShortcuts(shortcuts: Shortcuts, enabled = true): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    if (!enabled) return;
    let first = "";
    let at = 0;
    const listen = (event: KeyboardEvent) => {
      const name = nameOf(event);
      const plain = !name.startsWith("mod+");
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      if (plain && event.key !== "Escape" && (isTyping(event.target) || !singleKeysOn())) return;
      if (document.querySelector("dialog:modal")) return; // it has keys of its own, Escape first
      const isSecond = plain && first === LEADER && Date.now() - at < SEQUENCE_MS;
      const act = current.current[isSecond ? `${first} ${name}` : name];
      first = name;
      at = Date.now();
      if (act) {
        first = "";
        event.preventDefault();
        act(event);
      }
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [enabled]);
}
