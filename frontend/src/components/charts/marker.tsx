import type { Tone } from "@/components/charts/chart-types";

const DASHES: Partial<Record<Tone, string>> = {
  base: "6 3",
  c2: "6 3",
  c3: "2 3",
  c4: "8 3 2 3",
  c5: "10 3 2 3 2 3",
  c6: "1 3",
};

export const dashOf = (tone: Tone): string | undefined => DASHES[tone];

interface MarkerProps {
  tone: Tone;
  x: string;
  y: number;
  hollow?: boolean;
}

/** The last point of a series. Its shape tells the series apart without colour. */
export function Marker({ tone, x, y, hollow = false }: MarkerProps) {
  if (hollow || tone === "base" || tone === "c5") {
    return <circle data-tone={tone} className="hollow" cx={x} cy={y} r="4" />;
  }
  const path = SHAPES[tone];
  if (path === undefined) return <circle data-tone={tone} className="dot" cx={x} cy={y} r="4" />;
  return (
    <svg x={x} y={y} overflow="visible">
      <path data-tone={tone} className="dot" d={path} />
    </svg>
  );
}

const SHAPES: Partial<Record<Tone, string>> = {
  c2: "M-4 -4h8v8h-8z",
  c3: "M0 -5l5 9h-10z",
  c4: "M0 -5.5l5 5.5l-5 5.5l-5 -5.5z",
  c6: "M-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
};
