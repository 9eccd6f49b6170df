import { useCallback, useMemo, useSyncExternalStore } from "react";

const PREFIX = "llmops.";
const listeners = new Set<() => void>();
/** What a full or closed storage did not take: it lasts as long as the page. */
const unkept = new Map<string, string>();

function textAt(key: string): string | null {
  try {
    return unkept.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
    unkept.delete(key);
  } catch {
    unkept.set(key, text);
  }
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  window.addEventListener("storage", tell); // another tab
  return () => {
    listeners.delete(tell);
    window.removeEventListener("storage", tell);
  };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined; // a damaged entry: as if nothing was kept
  }
}

export type Change<T> = (change: (old: T) => T) => void;

/**
 * A choice of one browser, kept in localStorage; everything that asks for the same key shows the same.
 * `read` makes a value of whatever stands there, also of `undefined`, and never throws; give a function that stays the same.
 */
export function useStored<T>(name: string, read: (raw: unknown) => T): [value: T, change: Change<T>] {
  const key = PREFIX + name;
  const text = useSyncExternalStore(subscribe, () => textAt(key));
  const value = useMemo(() => read(parsed(text)), [text, read]);
  const change = useCallback<Change<T>>((next) => write(key, JSON.stringify(next(read(parsed(textAt(key)))))), [key, read]);
  return [value, change];
}
