import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { type ReviewItem, afterOptions, askAgain, deskOptions } from "./api";

/** `again`: it ran out and is the caller's again; `lost`: it ran out and may be with somebody else. */
export type Lease = "held" | "again" | "lost";

/** Watches how long the item is the caller's, and takes it again when that is over. */
export function useLease(item: ReviewItem | null): Lease {
  const client = useQueryClient();
  const [ended, setEnded] = useState<{ id: string; lease: Lease } | null>(null);
  const clocksDiffer = useRef(false);

  const takeAgain = useEffectEvent(async (held: ReviewItem) => {
    const after = afterOptions(held.id).queryKey;
    const next = client.getQueryData(after)?.item;
    const again = await askAgain(next ? [next.id] : []).catch(() => null);
    if (again?.item?.id === held.id) {
      // a lease that is over as it arrives would be renewed for ever
      clocksDiffer.current = Date.parse(again.item.lease_until) <= Date.now();
      client.setQueryData(deskOptions.queryKey, again);
      setEnded({ id: held.id, lease: "again" });
    } else {
      if (again?.item) client.setQueryData(after, again);
      setEnded({ id: held.id, lease: "lost" });
    }
  });

  useEffect(() => {
    if (!item || clocksDiffer.current) return;
    const timer = setTimeout(() => void takeAgain(item), Math.max(0, Date.parse(item.lease_until) - Date.now()));
    return () => clearTimeout(timer);
  }, [item]);

  return item !== null && ended?.id === item.id ? ended.lease : "held";
}
