import { type Estimate, count, decimal, interval } from "@/lib/format";

interface ScoreValueProps {
  estimate: Estimate | null | undefined;
  format?: (value: number) => string;
  /** What is said when there is no estimate. */
  missing?: string;
}

/** An estimate with its interval and n; a missing one is a word, never 0. */
export function ScoreValue({ estimate, format = decimal, missing = "not judged" }: ScoreValueProps) {
  if (!estimate) return <span className="t3">{missing}</span>;
  return (
    <span className="nowrap">
      <b>{format(estimate.value)}</b>{" "}
      <span className="n">
        {estimate.interval && `${interval(estimate.interval, format)}, `}n={count(estimate.n)}
      </span>
    </span>
  );
}
