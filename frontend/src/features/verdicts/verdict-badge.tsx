import { clsx } from "clsx";
import { VerdictGlyph } from "@/components/charts/verdict-glyph";
import { type Ruling, toneOf, wordOf } from "./words";

interface VerdictBadgeProps {
  ruling: Ruling | null;
  small?: boolean;
}

/** Glyph, word and colour, always all three. Capitals are for the card. */
export function VerdictBadge({ ruling, small = false }: VerdictBadgeProps) {
  const tone = toneOf(ruling);
  const word = wordOf(ruling);
  return (
    <span className={clsx("verdict", `verdict--${tone}`, small && "verdict--small")}>
      <VerdictGlyph verdict={tone} />
      {small ? word : word.toUpperCase()}
    </span>
  );
}
