import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

interface ChoiceProps {
  checked: boolean;
  /** What the box is called for a reader. */
  label: string;
  children: ReactNode;
  /** Cost or evidence; of a choice that cannot be made, how to make it. */
  beside?: ReactNode;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Choice({ checked, label, children, beside, disabled = false, onChange }: ChoiceProps) {
  return (
    <label className={disabled ? "choices--off" : undefined}>
      <input type="checkbox" aria-label={label} checked={checked} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />
      <span>{children}</span>
      <span className="n small right">{beside}</span>
    </label>
  );
}

/** The server's complaint about a group of choices. */
export function Complaint({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <p className="field__error panel__foot" role="alert">
      <CircleAlert className="icon" aria-hidden="true" />
      {text}
    </p>
  );
}

export const toggled = <T,>(all: readonly T[], one: T, isIn: boolean): T[] => (isIn ? [...all, one] : all.filter((other) => other !== one));
