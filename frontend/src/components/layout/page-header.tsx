import { type ReactNode, useEffect, useRef } from "react";
import { useTellCrumb } from "./crumb";

interface PageHeaderProps {
  title: string;
  /** What stands in the tab; the title, if nothing else. */
  tab?: string;
  /** The page's own name in the way to it; without it, what the address says. */
  crumb?: string | undefined;
  /** One line that says which thing this is. */
  identity?: ReactNode;
  actions?: ReactNode;
}

/** The heading takes the focus when the page changes, so that readers and keyboards start at the top. */
export function PageHeader({ title, tab = title, crumb, identity, actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTellCrumb(crumb);
  useEffect(() => {
    // not on the first page: there the skip link comes first; not while something asked for the focus itself
    if (document.body.dataset.navigated && document.activeElement === document.body) heading.current?.focus();
    document.body.dataset.navigated = "yes";
  }, []);
  return (
    <div className="page-head">
      <title>{`${tab} · llmops`}</title>
      <div className="page-head__text">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {identity && <div className="small t2 row wrap">{identity}</div>}
      </div>
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}
