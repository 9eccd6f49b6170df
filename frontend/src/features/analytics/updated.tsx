import { useEffect, useState } from "react";
import { Time } from "@/components/ui/time";

const TICK_MS = 30_000;

/** How old the figures are, as time goes by. */
export function Updated({ at }: { at: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(clock);
  }, []);
  const iso = new Date(at).toISOString();
  return (
    <span>
      updated{" "}
      <Time at={iso} from={Math.max(now, at)} />
    </span>
  );
}
