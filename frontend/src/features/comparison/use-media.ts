import { useSyncExternalStore } from "react";

/** Where the list and an open case stand beside each other, as in narrow.css. */
export const WIDE = "(min-width: 1181px)";
export const NARROW = "(max-width: 760px)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (tell) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", tell);
      return () => list.removeEventListener("change", tell);
    },
    () => window.matchMedia(query).matches,
  );
}
