import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface CaseLinkProps {
  id: string;
  className: string;
  isOpen: boolean;
  children: ReactNode;
}

/** Opens a case; the whole row follows it. */
export function CaseLink({ id, className, isOpen, children }: CaseLinkProps) {
  return (
    <Link
      from="/compare"
      to="."
      search={(here) => ({ ...here, case: id })}
      resetScroll={false}
      preload={false}
      className={className}
      aria-current={isOpen ? "true" : undefined}
      dir="auto"
    >
      {children}
    </Link>
  );
}
