import { type UIEvent, useState } from "react";

const AROUND = 8;

export interface RowsInView {
  first: number;
  last: number;
  onScroll: (event: UIEvent<HTMLElement>) => void;
}

/** Which rows of one height stand in a scroller of `shown` rows, and a few around them. */
export function useRowsInView(count: number, rowHeight: number, shown: number): RowsInView {
  const [top, setTop] = useState(0);
  const at = Math.min(top, Math.max(0, count - shown));
  return {
    first: Math.max(0, at - AROUND),
    last: Math.min(count, at + shown + AROUND),
    // in steps of rows, so that a pixel draws nothing
    onScroll: (event) => setTop(Math.floor(event.currentTarget.scrollTop / rowHeight)),
  };
}
