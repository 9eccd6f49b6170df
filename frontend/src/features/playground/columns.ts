import { type Column, MOST_COLUMNS, type PlaygroundState, SCRATCH, newId } from "./state";

/** One more column, like the last one. */
export const withColumn = (state: PlaygroundState): PlaygroundState =>
  withMore(state, state.columns.length, state.columns.at(-1) ?? { source: null, content: SCRATCH });

/** Another column at the place; none where there is no room. */
export function withMore(state: PlaygroundState, place: number, column: Omit<Column, "id">, id = newId()): PlaygroundState {
  if (state.columns.length >= MOST_COLUMNS) return state;
  return { ...state, columns: state.columns.toSpliced(place, 0, { ...column, id }) };
}

export const without = (state: PlaygroundState, id: string): PlaygroundState => ({ ...state, columns: state.columns.filter((column) => column.id !== id) });
