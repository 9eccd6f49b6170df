import type { Example } from "./api";
import { EMPTY } from "./columns";
import { NEW_ROW } from "./edits";

/** A row of the sheet: an example, or the one that is being written. */
export type GridRow = typeof EMPTY & { id: string };

export const newRow: GridRow = { ...EMPTY, id: NEW_ROW };

export const isStored = (row: GridRow | Example): row is Example => row.id !== NEW_ROW;
