import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

export type ChipKind = "plain" | "label" | "tag" | "ver" | "pass" | "regression" | "inconclusive" | "invalid";

interface ChipProps extends ComponentProps<"span"> {
  kind?: ChipKind;
}

export function Chip({ kind = "plain", className, ...rest }: ChipProps) {
  return <span {...rest} className={clsx("chip", kind !== "plain" && `chip--${kind}`, className)} />;
}

export function VersionChip({ number }: { number: number }) {
  return <Chip kind="ver">v{number}</Chip>;
}

/** Labels that serve are accent, the rest is paper. */
export function LabelChip({ name }: { name: string }) {
  return <Chip kind={name === "production" ? "label" : "plain"}>{name}</Chip>;
}

interface FilterChipProps extends Omit<ComponentProps<"button">, "type"> {
  pressed: boolean;
  children: ReactNode;
}

export function FilterChip({ pressed, className, ...rest }: FilterChipProps) {
  return <button {...rest} type="button" aria-pressed={pressed} className={clsx("chip", className)} />;
}
