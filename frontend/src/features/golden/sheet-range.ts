/** Places in the sheet count from 0; the first two columns are the box and the number, the rest are data. */
export const LEAD = 2;

export interface Cell {
  row: number;
  col: number;
}

export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export const rangeOf = (one: Cell, other: Cell): Range => ({
  top: Math.min(one.row, other.row),
  bottom: Math.max(one.row, other.row),
  left: Math.min(one.col, other.col),
  right: Math.max(one.col, other.col),
});

export const within = (cell: Cell, rows: number, cols: number): Cell => ({
  row: Math.max(0, Math.min(rows - 1, cell.row)),
  col: Math.max(0, Math.min(cols - 1, cell.col)),
});

export const cellsOf = ({ top, bottom, left, right }: Range): Cell[] => {
  const cells: Cell[] = [];
  for (let row = top; row <= bottom; row += 1) for (let col = left; col <= right; col += 1) cells.push({ row, col });
  return cells;
};

const PAGE = 10;

/** Where a key of movement leads; null for other keys. */
export function moved({ row, col }: Cell, key: string, mod: boolean, rows: number, cols: number): Cell | null {
  switch (key) {
    case "ArrowUp":
      return { row: mod ? 0 : row - 1, col };
    case "ArrowDown":
      return { row: mod ? rows - 1 : row + 1, col };
    case "ArrowLeft":
      return { row, col: mod ? 0 : col - 1 };
    case "ArrowRight":
      return { row, col: mod ? cols - 1 : col + 1 };
    case "PageUp":
      return { row: row - PAGE, col };
    case "PageDown":
      return { row: row + PAGE, col };
    case "Home":
      return { row: mod ? 0 : row, col: 0 };
    case "End":
      return { row: mod ? rows - 1 : row, col: cols - 1 };
    default:
      return null;
  }
}

/** The next cell in reading order that can be typed into. */
export function nextCell({ row, col }: Cell, step: 1 | -1, rows: number, cols: number): Cell {
  const next = col + step;
  if (next >= cols) return row + 1 < rows ? { row: row + 1, col: LEAD } : { row, col };
  if (next < LEAD) return row > 0 ? { row: row - 1, col: cols - 1 } : { row, col };
  return { row, col: next };
}
