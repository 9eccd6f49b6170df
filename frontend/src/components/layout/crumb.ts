import { useLayoutEffect, useSyncExternalStore } from "react";

/** The open page's own name, which only its data knows: its header tells it, the way to the page shows it last. */
let current: string | undefined;
const listeners = new Set<() => void>();

function change(name: string | undefined) {
  if (current === name) return;
  current = name;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const useCrumb = (): string | undefined => useSyncExternalStore(subscribe, () => current);

/** Before anything is painted, so that no page is seen under the name of the one before. */
export function useTellCrumb(name: string | undefined) {
  useLayoutEffect(() => {
    if (name === undefined) return;
    change(name);
    return () => change(undefined);
  }, [name]);
}
