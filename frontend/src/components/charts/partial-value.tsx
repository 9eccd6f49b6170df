import { bareInterval } from "@/components/charts/chart-text";
import type { Format } from "@/components/charts/chart-types";
import type { Bounds } from "@/components/charts/scale";
import { count } from "@/lib/format";

interface PartialValueProps {
  value: number;
  interval: Bounds | null;
  scored: number;
  total: number;
  /** The value if all missing cases were wrong, and if all were right. */
  bounds?: Bounds | null;
  format: Format;
}

/** A figure with cases missing says how many, and what they could change. */
export function PartialValue({ value, interval, scored, total, bounds, format }: PartialValueProps) {
  const missing = total - scored;
  return (
    <>
      <div>
        <span className="figure">{format(value)}</span>{" "}
        <span className="n">
          {interval && `${bareInterval(interval, format)}, `}
          {`${count(scored)} of ${count(total)} scored`}
        </span>
      </div>
      {bounds && missing > 0 && (
        <p className="small t2">
          {`If all ${count(missing)} missing were wrong: ${format(bounds[0])}. If all were right: ${format(bounds[1])}.`}
        </p>
      )}
    </>
  );
}
