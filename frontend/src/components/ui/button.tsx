import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

export type ButtonKind = "primary" | "default" | "quiet" | "danger";

export interface ButtonLook {
  kind?: ButtonKind;
  small?: boolean;
}

export function buttonClass({ kind = "default", small = false }: ButtonLook, extra?: string): string {
  return clsx("btn", kind !== "default" && `btn--${kind}`, small && "btn--small", extra);
}

interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  /** Waiting for the server: not to be pressed twice; the name stays. */
  busy?: boolean;
}

export function Button({ kind, small, busy = false, className, type = "button", disabled, ...rest }: ButtonProps) {
  const look = { ...(kind && { kind }), ...(small && { small }) };
  return (
    <button
      {...rest}
      type={type}
      className={buttonClass(look, className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
    />
  );
}

interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "children"> {
  label: string;
  children: ReactNode;
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <Button {...rest} aria-label={label} title={label} className={clsx("btn--icon", className)}>
      {children}
    </Button>
  );
}
