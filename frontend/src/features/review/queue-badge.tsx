import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { count } from "@/lib/format";
import { standingOptions } from "./api";

const IDLE_MS = 1_500;
const REFETCH_MS = 60_000;

/** How many outputs wait for the caller; asked for when the page has had its own answers. */
export function useQueueCount(): number | null {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), IDLE_MS);
    return () => clearTimeout(timer);
  }, []);
  const standing = useQuery({ ...standingOptions, enabled: isIdle, refetchInterval: REFETCH_MS, retry: false });
  return standing.data?.total ?? null;
}

export function QueueBadge() {
  const waiting = useQueueCount();
  if (!waiting) return null;
  return (
    <span className="push n">
      {count(waiting)}
      <span className="sr"> in the review queue</span>
    </span>
  );
}
