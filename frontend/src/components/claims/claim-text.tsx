import { clsx } from "clsx";
import { type ReactNode, useMemo, useState } from "react";
import { type Side, type WordPart, partsOf } from "@/components/diff/word-diff";
import { ShowAll } from "@/components/long-text";
import { type Layer, type PlacedClaim, type Segment, layersOf, segmentsOf } from "./claim-spans";

const SHOWN = 20_000;

export const CLAIM_WORD: Record<PlacedClaim["verdict"], string> = {
  supported: "supported",
  contradicted: "contradicted",
  not_found: "not found",
  open: "claim",
};

export const CLAIM_CLASS: Record<PlacedClaim["verdict"], string> = {
  supported: "supported",
  contradicted: "contradicted",
  not_found: "missing",
  open: "open",
};

interface ClaimTextProps {
  text: string;
  claims?: readonly PlacedClaim[];
  /** What differs from another text; with `side`, the parts of both sides. */
  parts?: readonly WordPart[];
  side?: Side;
  className?: string;
  limit?: number;
}

const NONE: readonly never[] = [];

/** A text with what was judged about it (underlines) over what changed in it (tints). */
export function ClaimText({ text, claims = NONE, parts = NONE, side, className, limit = SHOWN }: ClaimTextProps) {
  const [open, setOpen] = useState(false);
  const segments = useMemo(() => segmentsOf(text, claims, side ? partsOf(parts, side) : parts), [text, claims, parts, side]);
  const long = text.length > limit * 1.1;
  return (
    <>
      <div className={clsx("verbatim", className)} dir="auto">
        {layersOf(long && !open ? within(segments, limit) : segments).map(told)}
        {long && !open && " …"}
      </div>
      {long && <ShowAll length={text.length} open={open} onToggle={setOpen} />}
    </>
  );
}

function within(segments: readonly Segment[], limit: number): Segment[] {
  let left = limit;
  return segments.flatMap((segment) => {
    const text = segment.text.slice(0, Math.max(0, left));
    left -= segment.text.length;
    return text === "" ? [] : [{ ...segment, text, ends: left < 0 ? [] : segment.ends }];
  });
}

function told(layer: Layer, index: number): ReactNode {
  const inside = layer.segments.map((segment, place) => (
    <Marked key={place} segment={segment} tinted={layer.op !== "equal"} />
  ));
  if (layer.op === "insert") return <ins key={index}>{inside}</ins>;
  if (layer.op === "delete") return <del key={index}>{inside}</del>;
  return <span key={index}>{inside}</span>;
}

function Marked({ segment, tinted }: { segment: Segment; tinted: boolean }) {
  const { claim, ends, text } = segment;
  if (!claim) return text;
  return (
    <span className={clsx("claim", `claim--${CLAIM_CLASS[claim.verdict]}`, tinted && "claim--tinted")}>
      {text}
      {ends.map((end) => (
        <sup key={end.number}>
          <span className="sr"> ({CLAIM_WORD[end.verdict]}, </span>
          {end.number}
          <span className="sr">)</span>
        </sup>
      ))}
    </span>
  );
}
