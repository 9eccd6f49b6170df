import { type KeyboardEvent, useRef } from "react";
import type { Move } from "./use-sheet";

interface CellEditorProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  onClose: (isKept: boolean, move?: Move) => void;
}

/** Enter keeps and goes down, Tab keeps and goes on, Escape leaves the cell as it was, Shift or Alt with Enter is a new line. */
export function CellEditor({ label, value, onChange, onClose }: CellEditorProps) {
  const isClosed = useRef(false);
  const close = (isKept: boolean, move: Move) => {
    isClosed.current = true;
    onClose(isKept, move);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) close(true, "down");
    else if (event.key === "Tab") close(true, event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") close(false, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <textarea
      className="input"
      rows={2}
      dir="auto"
      aria-label={label}
      value={value}
      autoFocus
      onFocus={(event) => event.currentTarget.setSelectionRange(value.length, value.length)}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        if (!isClosed.current) onClose(true, 0);
      }}
    />
  );
}
