import { type KeyboardEvent, type ReactNode, createContext, use, useState } from "react";
import type { OnFollow } from "@/components/charts/chart-types";

interface Roving {
  active: string;
  focus: (id: string) => void;
  onFollow?: OnFollow;
}

const RovingContext = createContext<Roving>({ active: "", focus: () => undefined });

const MOVES: Record<string, (index: number, last: number) => number> = {
  ArrowLeft: (index) => Math.max(0, index - 1),
  ArrowRight: (index, last) => Math.min(last, index + 1),
  Home: () => 0,
  End: (_, last) => last,
};

function move(event: KeyboardEvent<SVGGElement>): void {
  const target = MOVES[event.key];
  if (!target || event.metaKey || event.ctrlKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<SVGAElement>("a")];
  const index = links.findIndex((link) => link === document.activeElement);
  if (index < 0) return;
  event.preventDefault();
  event.stopPropagation();
  links[target(index, links.length - 1)]?.focus();
}

interface PointLinksProps {
  /** The link that Tab reaches first; arrow keys, Home and End reach the others. */
  first: string;
  onFollow?: OnFollow;
  children: ReactNode;
}

/** Many points are one tab stop: thirty of them would bury the rest of the page. */
export function PointLinks({ first, onFollow, children }: PointLinksProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <RovingContext value={{ active: chosen ?? first, focus: setChosen, onFollow }}>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the links inside take the focus */}
      <g onKeyDown={move}>{children}</g>
    </RovingContext>
  );
}

interface PointLinkProps {
  id: string;
  href: string;
  label: string;
  children: ReactNode;
}

/** A real link around a mark: it can be opened in a new tab and has a name that says its figure. */
export function PointLink({ id, href, label, children }: PointLinkProps) {
  const { active, focus, onFollow } = use(RovingContext);
  return (
    <a
      className="point"
      href={href}
      aria-label={label}
      tabIndex={active === id ? 0 : -1}
      onFocus={() => focus(id)}
      onClick={onFollow && ((event) => onFollow(event, href))}
    >
      {children}
    </a>
  );
}
