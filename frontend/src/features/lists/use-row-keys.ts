import type { RefObject } from "react";
import { type Shortcuts, useShortcuts } from "@/lib/shortcuts";

const ROW = "[data-row]";

function rowWithFocus(rows: readonly HTMLElement[]): number {
  const focused = document.activeElement;
  return rows.findIndex((row) => row === focused || (row.closest("tr, li")?.contains(focused) ?? false));
}

/** `j` and `k` walk the links marked `data-row`; Enter then is the link's own. */
export function useRowKeys(root: RefObject<HTMLElement | null>, more: Shortcuts = {}): void {
  const step = (by: 1 | -1) => {
    const rows = [...(root.current?.querySelectorAll<HTMLElement>(ROW) ?? [])];
    const here = rowWithFocus(rows);
    const next = here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + by));
    rows[next]?.focus();
  };
  useShortcuts({ j: () => step(1), k: () => step(-1), ...more });
}

/** Ticks the row that has the focus, as a press of its box would. */
export const tickRow = (): void => document.activeElement?.closest("tr")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
