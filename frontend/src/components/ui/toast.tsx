import { Check } from "lucide-react";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "./button";

/** Own, because the usual libraries inject a stylesheet, which the content policy refuses. */
interface Toast {
  id: number;
  text: ReactNode;
  undo?: () => void;
}

const LIFE_MS = 10_000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const tell of listeners) tell();
}

const dismiss = (id: number) => change(toasts.filter((toast) => toast.id !== id));

/** Says what was done; with `undo`, for ten seconds offers the way back. */
export function toast(text: ReactNode, undo?: () => void): void {
  lastId += 1;
  change([...toasts.slice(-2), undo ? { id: lastId, text, undo } : { id: lastId, text }]);
}

function ToastView({ toast: { id, text, undo } }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismiss(id), LIFE_MS);
    return () => clearTimeout(timer);
  }, [id, isHeld]);
  return (
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Check className="icon" aria-hidden="true" />
      <span>{text}</span>
      {undo && (
        <Button
          small
          onClick={() => {
            dismiss(id);
            undo();
          }}
        >
          Undo
        </Button>
      )}
    </div>
  );
}

export function Toaster() {
  const shown = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <ToastView key={one.id} toast={one} />
      ))}
    </div>
  );
}
