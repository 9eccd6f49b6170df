import { decimal, difference, duration, money, percent, points } from "@/lib/format";

/** How a figure is called and written. */
export interface FigureKind {
  name: string;
  format: (value: number) => string;
  /** A difference, in the unit that `scale` makes of it. */
  formatChange: (value: number) => string;
  /** Brings a change to where what is written as 0 lies below 0.005, DeltaValue's limit. */
  scale: number;
  lowerIsBetter: boolean;
}

const MINUS = "\u2212";
const signed = (value: number, format: (size: number) => string) => `${value < 0 ? MINUS : value > 0 ? "+" : ""}${format(Math.abs(value))}`;

const dollars = (value: number) => money(String(value));
const TINY = 1e6;

export const FIGURES = {
  score: { name: "score", format: (value) => decimal(value), formatChange: (value) => difference(value), scale: 1, lowerIsBetter: false },
  hallucination: {
    name: "hallucinated claims",
    format: (value) => percent(value),
    formatChange: (value) => points(value / 10),
    scale: 10,
    lowerIsBetter: true,
  },
  errors: { name: "failed calls", format: (value) => percent(value), formatChange: (value) => points(value / 10), scale: 10, lowerIsBetter: true },
  latency: {
    name: "latency",
    format: (value) => duration(value),
    formatChange: (value) => signed(value * 100, (size) => duration(size)),
    scale: 0.01,
    lowerIsBetter: true,
  },
  cost: {
    name: "cost",
    format: dollars,
    formatChange: (value) => signed(value / TINY, dollars),
    scale: TINY,
    lowerIsBetter: true,
  },
} as const satisfies Record<string, FigureKind>;
