import { clsx } from "clsx";
import { useState } from "react";
import { count } from "@/lib/format";

const SHOWN = 4_000;

/** The first characters of a text, never half of one. */
export function firstOf(text: string, limit: number): string {
  const cut = text.slice(0, limit);
  return /[\uD800-\uDBFF]$/.test(cut) && cut.length < text.length ? cut.slice(0, -1) : cut;
}

interface ShowAllProps {
  /** Characters of the whole text. */
  length: number;
  open: boolean;
  onToggle: (open: boolean) => void;
}

export function ShowAll({ length, open, onToggle }: ShowAllProps) {
  return (
    <button type="button" className="btn btn--small show-all" aria-expanded={open} onClick={() => onToggle(!open)}>
      {open ? "Show less" : `Show all ${count(length)} characters`}
    </button>
  );
}

interface LongTextProps {
  text: string;
  /** Characters shown at first; a few more than that are shown at once. */
  limit?: number;
  className?: string;
  /** Of code, whose direction its words do not decide. */
  ltr?: boolean;
}

/** A text as it is: spaces and lines kept, never read as markup, in its own direction. */
export function LongText({ text, limit = SHOWN, className, ltr = false }: LongTextProps) {
  const [open, setOpen] = useState(false);
  const long = text.length > limit * 1.1;
  return (
    <>
      <div className={clsx("verbatim", className)} dir={ltr ? "ltr" : "auto"}>
        {long && !open ? `${firstOf(text, limit).trimEnd()} …` : text}
      </div>
      {long && <ShowAll length={text.length} open={open} onToggle={setOpen} />}
    </>
  );
}
