import type { ReactNode } from "react";

interface PanelProps {
  title?: ReactNode;
  /** Beside the title: counts, filters. */
  beside?: ReactNode;
  tools?: ReactNode;
  foot?: ReactNode;
  label?: string;
  /** Without padding: a table or a list brings its own. */
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ title, beside, tools, foot, label, flush = false, children }: PanelProps) {
  return (
    <section className="panel" aria-label={label}>
      {(title || tools) && (
        <div className="panel__head">
          {title && <h2>{title}</h2>}
          {beside}
          {tools && <div className="push row">{tools}</div>}
        </div>
      )}
      {flush ? children : <div className="panel__body">{children}</div>}
      {foot && <div className="panel__foot">{foot}</div>}
    </section>
  );
}
