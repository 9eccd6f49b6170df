import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useDraft } from "@/lib/draft";
import { ApiError, offline } from "@/services/http";
import { type Example, addExample, changeExample, facetsKey, readExample } from "./api";
import { appendExample, findExample, replaceExample } from "./cache";
import { BadCell, type Column, EMPTY, changesOf, missingIn, textOf } from "./columns";
import {
  NEW_ROW,
  type Step,
  type Unsaved,
  type UnsavedCell,
  inverse,
  problemsOf,
  renamed,
  textsOf,
  withChanges,
  withProblems,
  withRow,
  withoutSent,
} from "./edits";

const AT_ONCE = 4;
const MERGES = 3;
const NOTHING: Unsaved = {};
const CLASH = "Another editor changed this cell meanwhile.";

export interface Edits {
  unsaved: Unsaved;
  saving: ReadonlySet<string>;
  apply: (step: Step) => void;
  /** Sends a row's unsaved cells, against the revision that is known now. */
  save: (id: string) => void;
  discard: (id: string, key?: string) => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/** Cells that were typed but are not stored yet: shown at once, kept over a reload, sent row by row. */
export function useEdits(promptId: string, columns: readonly Column[]): Edits {
  const client = useQueryClient();
  const draft = useDraft<Unsaved>(`golden.${promptId}.cells`, NOTHING);
  const unsaved = useRef(draft.value);
  const [done, setDone] = useState<readonly Step[]>([]);
  const [undone, setUndone] = useState<readonly Step[]>([]);
  const [saving, setSaving] = useState<ReadonlySet<string>>(new Set());
  const queue = useRef({ waiting: new Set<string>(), active: new Set<string>() });
  const { mutateAsync: change } = useMutation({ mutationFn: changeExample });
  const { mutateAsync: add } = useMutation({ mutationFn: addExample });
  const { mutateAsync: read } = useMutation({ mutationFn: readExample });

  const put = (next: Unsaved) => {
    unsaved.current = next;
    if (Object.keys(next).length > 0) draft.set(next);
    else draft.discard();
  };
  const putRow = (id: string, row: Unsaved[string]) => put(withRow(unsaved.current, id, row));
  const mark = (id: string, problems: Record<string, Omit<UnsavedCell, "text">>) =>
    putRow(id, withProblems(unsaved.current[id] ?? {}, problems));

  /** Another editor was first. What they left alone goes again over theirs; where both wrote, a person decides. */
  async function meet(seen: Example, sent: ReturnType<typeof textsOf>, tries: number): Promise<void> {
    const theirs = await read(seen);
    replaceExample(client, theirs);
    const clashes = columns.flatMap((column) => {
      const text = textOf(theirs, column);
      const isClash = column.key in sent && text !== textOf(seen, column) && text !== sent[column.key];
      return isClash ? [[column.key, { problem: CLASH, theirs: { text } }] as const] : [];
    });
    if (clashes.length > 0) mark(seen.id, Object.fromEntries(clashes));
    else await store(seen.id, tries + 1);
  }

  async function store(id: string, tries = 0): Promise<void> {
    const row = unsaved.current[id];
    if (!row) return;
    const sent = textsOf(row);
    const example = id === NEW_ROW ? undefined : findExample(client, promptId, id);
    try {
      const changes = changesOf(example ?? EMPTY, columns, sent);
      if (id === NEW_ROW) {
        const body = { ...EMPTY, ...changes };
        if (missingIn(body, columns).length > 0) return; // told under the sheet; nothing to send yet
        const made = await add({ promptId, body });
        appendExample(client, made);
        void client.invalidateQueries({ queryKey: ["prompts", "named"] });
        put(withRow(withRow(unsaved.current, made.id, withoutSent(unsaved.current[NEW_ROW] ?? {}, sent)), NEW_ROW, {}));
        setDone((steps) => renamed(steps, NEW_ROW, made.id));
        queue.current.waiting.add(made.id);
      } else if (example) {
        replaceExample(client, await change({ example, patch: changes }));
        putRow(id, withoutSent(unsaved.current[id] ?? {}, sent));
      }
    } catch (error) {
      if (error instanceof BadCell) return mark(id, { [String(error.cause)]: { problem: error.message } });
      const failure = error instanceof ApiError ? error : offline();
      if (failure.status !== 412 || !example || tries >= MERGES) return mark(id, problemsOf(failure, sent, columns));
      await meet(example, sent, tries).catch((other: unknown) =>
        mark(id, problemsOf(other instanceof ApiError ? other : offline(), sent, columns)),
      );
    }
  }

  /** One request a row at a time, a few rows at once. */
  function send(): void {
    const { waiting, active } = queue.current;
    for (const id of waiting) {
      if (active.size >= AT_ONCE) break;
      if (active.has(id)) continue;
      waiting.delete(id);
      active.add(id);
      void store(id).finally(() => {
        active.delete(id);
        setSaving(new Set([...active, ...waiting]));
        if (active.size + waiting.size === 0) void client.invalidateQueries({ queryKey: facetsKey(promptId) });
        send();
      });
    }
    setSaving(new Set([...active, ...waiting]));
  }

  const write = (step: Step) => {
    put(withChanges(unsaved.current, step));
    for (const { id } of step) queue.current.waiting.add(id);
    send();
  };
  const walk = (from: readonly Step[], setFrom: typeof setDone, setTo: typeof setDone, turn: (step: Step) => Step) => {
    const step = from.at(-1);
    if (!step) return null;
    return () => {
      setFrom(from.slice(0, -1));
      setTo((steps) => [...steps, step]);
      write(turn(step));
    };
  };

  return {
    unsaved: draft.value,
    saving,
    apply: (step) => {
      const changes = step.filter(({ before, after }) => before !== after);
      if (changes.length === 0) return;
      setDone((steps) => [...steps, changes]);
      setUndone([]);
      write(changes);
    },
    save: (id) => {
      const row = unsaved.current[id] ?? {};
      putRow(id, Object.fromEntries(Object.entries(row).map(([key, { text }]) => [key, { text }])));
      queue.current.waiting.add(id);
      send();
    },
    discard: (id, key) => {
      const { [key ?? ""]: _, ...rest } = unsaved.current[id] ?? {};
      putRow(id, key === undefined ? {} : rest);
    },
    undo: walk(done, setDone, setUndone, inverse),
    redo: walk(undone, setUndone, setDone, (step) => step),
  };
}
