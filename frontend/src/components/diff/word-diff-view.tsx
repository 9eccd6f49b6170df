import { clsx } from "clsx";
import { type ReactNode, useId, useMemo } from "react";
import type { PlacedClaim } from "@/components/claims/claim-spans";
import { ClaimText } from "@/components/claims/claim-text";
import { type WordPart, wordDiff } from "./word-diff";

interface DiffSide {
  text: string;
  /** Names the side for readers: "Output of v7". */
  label: string;
  /** What stands above the text: version, score. */
  head?: ReactNode;
  claims?: readonly PlacedClaim[];
}

interface WordDiffProps {
  before: DiffSide;
  after: DiffSide;
  view: "split" | "unified";
  limit?: number;
  className?: string;
}

/** Two texts and the words that differ: beside each other, or one text with what came and went. */
export function WordDiff({ before, after, view, limit, className }: WordDiffProps) {
  const parts = useMemo(() => wordDiff(before.text, after.text), [before.text, after.text]);
  if (view === "unified") return <UnifiedDiff parts={parts} limit={limit} className={clsx("read", className)} />;
  return (
    <div className={clsx("pairs", className)}>
      <OutputSide side={before} parts={parts} place="before" limit={limit} />
      <OutputSide side={after} parts={parts} place="after" limit={limit} />
    </div>
  );
}

interface UnifiedDiffProps {
  parts: readonly WordPart[];
  limit?: number;
  className?: string;
}

export function UnifiedDiff({ parts, limit, className }: UnifiedDiffProps) {
  const text = useMemo(() => parts.map((part) => part.text).join(""), [parts]);
  return <ClaimText text={text} parts={parts} limit={limit} className={className} />;
}

interface OutputSideProps {
  side: DiffSide;
  parts?: readonly WordPart[];
  place?: "before" | "after";
  limit?: number;
}

/** One output with its head and its claims; with `parts`, also what differs from the other. */
export function OutputSide({ side, parts, place = "after", limit }: OutputSideProps) {
  const id = useId();
  return (
    <article className={clsx("output", place === "before" && "output--base")} aria-labelledby={id}>
      <span className="sr" id={id}>
        {side.label}
      </span>
      {side.head && <div className="output__head">{side.head}</div>}
      <ClaimText text={side.text} claims={side.claims} parts={parts} side={parts && place} limit={limit} />
    </article>
  );
}
