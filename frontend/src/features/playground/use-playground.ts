import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useMay } from "@/features/session/use-may";
import { useDraft } from "@/lib/draft";
import { RUNS_KEY } from "./api";
import { rememberRun } from "./own-runs";
import { isState } from "./read-state";
import { type Column, type ColumnContent, type PlaygroundState, type VariableValue, letterOf } from "./state";
import { trialOf } from "./trial";
import type { Turn } from "./turn";
import type { TurnBoard } from "./turn-board";
import { useBoard } from "./use-turn";
import { valuesFor, withValue } from "./variables";

/** What keeps a column from running: sentences at the fields, and the field that gets the focus. */
interface Marks {
  variables: ReadonlyMap<string, string>;
  columns: ReadonlyMap<string, string>;
  /** A new object each time, so that the same field can get the focus again. */
  focus: { name: string } | null;
}

const NO_MARKS: Marks = { variables: new Map(), columns: new Map(), focus: null };

export interface Play {
  state: PlaygroundState;
  board: TurnBoard;
  marks: Marks;
  isDirty: boolean;
  mayRun: boolean;
  mayWrite: boolean;
  change: (next: (state: PlaygroundState) => PlaygroundState) => void;
  changeColumn: (id: string, change: Partial<Column>) => void;
  changeContent: (id: string, change: Partial<ColumnContent>) => void;
  setVariable: (name: string, value: VariableValue | undefined) => void;
  run: (ids: readonly string[]) => void;
  discard: () => void;
}

const unescaped = (part: string) => part.replaceAll("~1", "/").replaceAll("~0", "~");

/** Sentences of the server that belong to a variable. */
function variableErrors(turn: Turn): Map<string, string> {
  const found = new Map<string, string>();
  for (const { pointer, detail } of turn.error?.errors ?? []) {
    const name = /^#\/variables\/([^/]+)/.exec(pointer)?.[1];
    if (name) found.set(unescaped(name), detail);
  }
  return found;
}

const lacks = (name: string, letters: readonly string[]) =>
  `${letters.join(" and ")} ${letters.length > 1 ? "use" : "uses"} ${name}. Give it a value to run ${letters.join(" and ")}.`;

export function usePlayground(draftKey: string, saved: PlaygroundState): Play {
  const client = useQueryClient();
  const draft = useDraft<PlaygroundState>(draftKey, saved);
  const state = useMemo(() => (isState(draft.value) ? draft.value : saved), [draft.value, saved]);
  const latest = useRef(state); // for what comes later than the click: examples, ends of runs
  useEffect(() => {
    latest.current = state;
  }, [state]);
  const board = useBoard();
  const [marks, setMarks] = useState(NO_MARKS);
  const mayRun = useMay("run");
  const mayWrite = useMay("write");

  const change: Play["change"] = (next) => {
    latest.current = next(latest.current);
    draft.set(latest.current);
  };
  const changeColumn: Play["changeColumn"] = (id, part) => {
    change((old) => ({ ...old, columns: old.columns.map((column) => (column.id === id ? { ...column, ...part } : column)) }));
    setMarks((old) => ({ ...old, columns: new Map([...old.columns].filter(([marked]) => marked !== id)), focus: null }));
  };
  const changeContent: Play["changeContent"] = (id, part) => {
    const column = latest.current.columns.find((one) => one.id === id);
    if (column) changeColumn(id, { content: { ...column.content, ...part } });
  };
  const setVariable: Play["setVariable"] = (name, value) => {
    change((old) => ({ ...old, variables: withValue(old.variables, name, value) }));
    setMarks((old) => ({ ...old, variables: new Map([...old.variables].filter(([marked]) => marked !== name)), focus: null }));
  };

  const ended = (column: Column, letter: string, began: PlaygroundState) => (turn: Turn) => {
    if (turn.runId) {
      const score = turn.scores[0]?.value ?? null;
      rememberRun({ id: turn.runId, letter, case: began.example?.position ?? null, score, column, variables: began.variables });
      void client.invalidateQueries({ queryKey: RUNS_KEY });
    }
    const wrong = variableErrors(turn);
    const [first] = wrong.keys();
    if (first !== undefined) setMarks((old) => ({ ...old, variables: new Map([...old.variables, ...wrong]), focus: { name: first } }));
  };

  const run: Play["run"] = (ids) => {
    const began = latest.current;
    const missing = new Map<string, string[]>();
    const variables = new Map<string, string>();
    const columns = new Map<string, string>();
    began.columns.forEach((column, index) => {
      if (!ids.includes(column.id)) return;
      const letter = letterOf(index);
      const values = valuesFor(column.content, began.variables);
      for (const name of values.missing) missing.set(name, [...(missing.get(name) ?? []), letter]);
      for (const name of values.broken) variables.set(name, "This is not JSON. Correct it, or make it a text.");
      if (values.missing.length + values.broken.length > 0) return;
      try {
        void board.run(column.id, trialOf(column.content, began), began.repeats, ended(column, letter, began));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        columns.set(column.id, `The response schema cannot be read: ${error.message}`);
      }
    });
    for (const [name, letters] of missing) variables.set(name, lacks(name, letters));
    const [first] = variables.keys();
    setMarks({ variables, columns, focus: first === undefined ? null : { name: first } });
  };

  return { state, board, marks, isDirty: draft.isDirty, mayRun, mayWrite, change, changeColumn, changeContent, setVariable, run, discard: draft.discard };
}
