import { useEffect, useState } from "react";
import { ago, moment } from "@/lib/format";

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
      <time dateTime={iso} title={moment(iso)}>
        {ago(iso, Math.max(now, at))}
      </time>
    </span>
  );
}
