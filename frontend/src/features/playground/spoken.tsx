import { useState } from "react";
import { once } from "@/lib/once";

const sentences = once(() => new Intl.Segmenter(undefined, { granularity: "sentence" }));

/** The text up to the last sentence that is over: another one has begun behind it. */
export function wholeSentences(text: string): string {
  let last = 0;
  for (const { index } of sentences().segment(text)) last = index;
  return text.slice(0, last);
}

interface SpokenProps {
  text: string;
  isOver: boolean;
  /** Said after the last sentence: "A is done." */
  end: string;
}

/** For readers: what was written, a sentence at a time, never a word at a time. */
export function Spoken({ text, isOver, end }: SpokenProps) {
  const [said, setSaid] = useState({ upTo: 0, words: "", isOver: true });
  const fresh = text.length < said.upTo ? 0 : said.upTo;
  const come = isOver ? text.slice(fresh) : wholeSentences(text.slice(fresh));
  if (come !== "" || isOver !== said.isOver || fresh !== said.upTo) {
    const words = [come.trim(), isOver && !said.isOver ? end : ""].filter(Boolean).join(" ");
    setSaid({ upTo: fresh + come.length, words: said.isOver && isOver ? "" : words || said.words, isOver });
  }
  return (
    <p className="sr" aria-live="polite">
      {said.words}
    </p>
  );
}
