import { Link, useMatches } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { Fragment } from "react";
import { useCrumb } from "@/components/layout/crumb";
import { Kbd } from "@/components/ui/kbd";
import { modKey } from "@/lib/shortcuts";

export interface Crumb {
  name: string;
  to?: string;
  search?: { folder: string };
}

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The way to this page, the page itself last. */
    crumbs?: (params: Record<string, string>) => Crumb[];
  }
}

function useCrumbs(): Crumb[] {
  const match = useMatches().at(-1);
  const own = useCrumb();
  const way = match?.staticData.crumbs?.(match.params as Record<string, string>) ?? [];
  return own === undefined ? way : way.map((crumb, index) => (index === way.length - 1 ? { ...crumb, name: own } : crumb));
}

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const crumbs = useCrumbs();
  return (
    <div className="topbar">
      <nav className="crumbs" aria-label="Breadcrumb">
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.name}>
            {index > 0 && <span aria-hidden="true">/</span>}
            {crumb.to ? (
              <Link to={crumb.to} search={crumb.search ?? {}}>
                {crumb.name}
              </Link>
            ) : (
              <span className="cut" aria-current="page">
                {crumb.name}
              </span>
            )}
          </Fragment>
        ))}
      </nav>
      <span className="push" />
      <button type="button" className="search" onClick={onSearch} aria-keyshortcuts="Meta+K Control+K">
        <Search className="icon" aria-hidden="true" />
        <span className="grow">Search or run a command</span>
        <Kbd>{`${modKey}K`}</Kbd>
      </button>
      <button type="button" className="btn btn--quiet btn--icon only-narrow" aria-label="Search" onClick={onSearch}>
        <Search className="icon" aria-hidden="true" />
      </button>
    </div>
  );
}
