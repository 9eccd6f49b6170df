import { clsx } from "clsx";
import { type Interval, count, difference, interval as formatInterval } from "@/lib/format";

const FLAT_BELOW = 0.005;

interface DeltaValueProps {
  value: number | null | undefined;
  interval?: Interval | null | undefined;
  n?: number | undefined;
  /** The fact of one case needs no interval to be coloured; an estimate does. */
  isFact?: boolean;
  lowerIsBetter?: boolean;
  format?: (value: number) => string;
  missing?: string;
}

function isProven(value: number, bounds: Interval | null | undefined, isFact: boolean): boolean {
  if (Math.abs(value) < FLAT_BELOW) return false;
  return isFact || (bounds !== null && bounds !== undefined && (bounds[0] > 0 || bounds[1] < 0));
}

/** Arrow for the direction, colour for better or worse, and colour only if the interval leaves 0 out. */
export function DeltaValue({
  value,
  interval,
  n,
  isFact = false,
  lowerIsBetter = false,
  format = difference,
  missing = "not compared",
}: DeltaValueProps) {
  if (value === null || value === undefined) return <span className="t3">{missing}</span>;
  const isBetter = lowerIsBetter ? value < 0 : value > 0;
  const proven = isProven(value, interval, isFact);
  const arrow = Math.abs(value) < FLAT_BELOW ? null : value > 0 ? "▲" : "▼";
  return (
    <span className="nowrap">
      <span className={clsx("delta", proven ? (isBetter ? "delta--better" : "delta--worse") : "delta--flat")}>
        {arrow && <span aria-hidden="true">{arrow} </span>}
        {format(value)}
        {proven && <span className="sr"> {isBetter ? "better" : "worse"}</span>}
      </span>
      {interval && (
        <span className="n">
          {" "}
          {formatInterval(interval, format)}
          {n !== undefined && `, n=${count(n)}`}
        </span>
      )}
    </span>
  );
}
