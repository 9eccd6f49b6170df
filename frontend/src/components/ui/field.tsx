import { CircleAlert } from "lucide-react";
import { type ReactElement, type ReactNode, cloneElement, useId } from "react";

interface Control {
  id?: string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
}

interface FieldProps {
  label: ReactNode;
  error?: string | undefined;
  hint?: ReactNode;
  /** One control: an `input`, `select`, `textarea` or what passes id and aria to one. */
  children: ReactElement<Control>;
}

/** Label, control, and the error beside it; the control learns its id and what describes it. */
export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const props: Control = { id, "aria-invalid": error !== undefined && error !== "" };
  if (describedBy) props["aria-describedby"] = describedBy;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, props)}
      {hint && (
        <span id={`${id}-hint`} className="small t3">
          {hint}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className="field__error">
          <CircleAlert className="icon" aria-hidden="true" />
          {error}
        </span>
      )}
    </div>
  );
}
