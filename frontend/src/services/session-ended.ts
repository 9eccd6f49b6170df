import { useSyncExternalStore } from "react";

/** Whether the server has refused the session while a page was open: the page stays, a dialog asks to sign in. */
function makeSignal() {
  let raised = false;
  const listeners = new Set<() => void>();
  const change = (value: boolean) => {
    if (raised === value) return;
    raised = value;
    for (const tell of listeners) tell();
  };
  return {
    raise: () => change(true),
    clear: () => change(false),
    current: () => raised,
    subscribe: (tell: () => void) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}

export const sessionEnded = makeSignal();

export const useSessionEnded = (): boolean => useSyncExternalStore(sessionEnded.subscribe, sessionEnded.current);
