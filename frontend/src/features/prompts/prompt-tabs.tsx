import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { count } from "@/lib/format";
import type { Prompt } from "./api";
import { usePlace } from "./place";

export type PromptTab = "versions" | "diff" | "golden" | "runs" | "experiments" | "use";

interface PromptTabsProps {
  prompt: Prompt;
  open: PromptTab;
  /** The version on the page. */
  number: number | undefined;
  children: ReactNode;
}

// on a narrow screen the row scrolls: the open tab is in view
function showCurrent(row: HTMLElement | null) {
  const open = row?.querySelector<HTMLElement>("[aria-current]");
  if (row && open) row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
}

export function PromptTabs({ prompt, open, number, children }: PromptTabsProps) {
  const { search } = usePlace();
  const newest = prompt.latest_version?.number;
  const shown = number ?? newest;
  const held = prompt.production?.number;
  const other = held !== undefined && held !== shown ? held : shown && shown > 1 ? shown - 1 : undefined;
  const v = search.v;
  const tabs: { key: PromptTab; name: string; n?: number; search: typeof search }[] = [
    { key: "versions", name: "Versions", ...(newest !== undefined && { n: newest }), search: { v } },
    ...(other === undefined ? [] : [{ key: "diff" as const, name: "Diff", search: { v: shown, diff: other } }]),
    { key: "golden", name: "Golden examples", n: prompt.golden_count, search: { v, tab: "golden" } },
    { key: "runs", name: "Runs", search: { v, tab: "runs" } },
    { key: "experiments", name: "Experiments", search: { v, tab: "experiments" } },
    { key: "use", name: "Use it", search: { v, tab: "use" } },
  ];
  return (
    <>
      <nav className="tabs" aria-label="Parts of the prompt" ref={showCurrent}>
        {tabs.map((tab) => (
          <Link key={tab.key} to="/prompts/$" params={{ _splat: prompt.name }} search={tab.search} activeOptions={{ exact: true }} aria-current={tab.key === open ? "page" : undefined}>
            {tab.name} {tab.n !== undefined && <span>{count(tab.n)}</span>}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}
