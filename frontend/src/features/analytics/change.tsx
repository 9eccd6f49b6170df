import { DeltaValue } from "@/features/verdicts/delta-value";
import type { Estimate } from "@/lib/format";
import type { FigureKind } from "./figures";

interface ChangeProps {
  change: Estimate | null;
  kind: FigureKind;
  lowerIsBetter?: boolean;
  /** Where n does not stand beside it already. */
  withN?: boolean;
  missing?: string;
}

/** A difference in the unit of its figure; DeltaValue decides arrow and colour. */
export function Change({ change, kind, lowerIsBetter = kind.lowerIsBetter, withN = false, missing }: ChangeProps) {
  const interval = change?.interval;
  return (
    <DeltaValue
      value={change && change.value * kind.scale}
      interval={interval && [interval[0] * kind.scale, interval[1] * kind.scale]}
      n={withN ? change?.n : undefined}
      lowerIsBetter={lowerIsBetter}
      format={kind.formatChange}
      missing={missing}
    />
  );
}
