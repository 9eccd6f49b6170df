import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

interface NoticeProps {
  kind?: "plain" | "info" | "warn" | "error";
  children: ReactNode;
  /** The next step, at the right end. */
  action?: ReactNode;
}

const ICONS = { plain: Info, info: Info, warn: TriangleAlert, error: CircleAlert };

export function Notice({ kind = "plain", children, action }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <div className={kind === "plain" ? "notice" : `notice notice--${kind}`} role={kind === "error" ? "alert" : undefined}>
      <Icon className="icon" aria-hidden="true" />
      <span className="grow">{children}</span>
      {action}
    </div>
  );
}
