import { useCallback, useEffect, useRef, useState } from "react";

const PREFIX = "llmops.draft.";
const WRITE_AFTER_MS = 500;

export function readDraft<T>(key: string): T | undefined {
  try {
    const stored = localStorage.getItem(PREFIX + key);
    return stored === null ? undefined : (JSON.parse(stored) as T);
  } catch {
    return undefined; // closed storage or a damaged entry: there is no draft then
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // a full or closed storage loses the safety net, not the text on the page
  }
}

export interface Draft<T> {
  value: T;
  isDirty: boolean;
  set: (value: T) => void;
  /** Back to what the server has; the stored draft is gone. */
  discard: () => void;
}

/**
 * Text that survives reload, crash and a new sign-in: kept in localStorage half a second after each change.
 * `saved` is what the server has; a refetch of it never touches a draft. Give the component `key={key}`
 * where the key can change, so that another thing's draft is never shown.
 */
export function useDraft<T>(key: string, saved: T): Draft<T> {
  const [draft, setDraft] = useState<T | undefined>(() => readDraft<T>(key));
  const waiting = useRef<T | undefined>(draft);

  useEffect(() => {
    waiting.current = draft;
    const timer = setTimeout(() => write(key, draft), WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [key, draft]);

  useEffect(() => {
    const keep = () => write(key, waiting.current);
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [key]);

  const discard = useCallback(() => {
    waiting.current = undefined;
    write(key, undefined);
    setDraft(undefined);
  }, [key]);

  return { value: draft ?? saved, isDirty: draft !== undefined, set: setDraft, discard };
}
