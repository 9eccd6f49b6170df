import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/format";
import { ApiError } from "@/services/http";
import { type Example, facetsKey, listsKey, removeExample } from "./api";
import { dropExample } from "./cache";

const UNDO_MS = 10_000;

/**
 * An example that was deleted cannot be made again as the same one, and experiments pair their cases by it.
 * So it is only hidden at first, and goes for good when the time to undo is over or the page is left.
 */
const going = new Map<string, { example: Example; client: QueryClient; timer: ReturnType<typeof setTimeout> }>();
let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function tell(): void {
  hidden = new Set(going.keys());
  for (const listen of listeners) listen();
}

async function remove(id: string, keepalive = false): Promise<void> {
  const entry = going.get(id);
  if (!entry) return;
  const { example, client } = entry;
  clearTimeout(entry.timer);
  try {
    await removeExample(example, keepalive);
  } catch (error) {
    // gone already is what was wanted; else it is still there, and is shown again
    if (!(error instanceof ApiError && error.status === 404)) {
      toast(`An example could not be deleted. ${error instanceof ApiError ? error.detail : ""}`);
      going.delete(id);
      return tell();
    }
  }
  dropExample(client, example.prompt_id, id);
  going.delete(id);
  tell();
  void client.invalidateQueries({ queryKey: listsKey(example.prompt_id), refetchType: "none" });
  void client.invalidateQueries({ queryKey: facetsKey(example.prompt_id) });
  void client.invalidateQueries({ queryKey: ["prompts", "named"] });
}

window.addEventListener("pagehide", () => {
  for (const id of going.keys()) void remove(id, true);
});

export function removeLater(client: QueryClient, examples: readonly Example[]): void {
  if (examples.length === 0) return;
  for (const example of examples) {
    going.set(example.id, { example, client, timer: setTimeout(() => void remove(example.id), UNDO_MS) });
  }
  tell();
  toast(`Deleted ${plural(examples.length, "example")}.`, () => {
    for (const { id } of examples) {
      clearTimeout(going.get(id)?.timer);
      going.delete(id);
    }
    tell();
  });
}

export const useRemoved = (): ReadonlySet<string> =>
  useSyncExternalStore(
    (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    () => hidden,
  );
