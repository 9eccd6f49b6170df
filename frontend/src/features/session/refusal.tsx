import { useEffect, useState } from "react";
import { Notice } from "@/components/ui/notice";
import { duration } from "@/lib/format";
import type { ApiError } from "@/services/http";
import { LockedOut } from "./api";

/** Seconds left of the wait that an error asks for. */
export function useWait(error: ApiError | null): number {
  const locked = error instanceof LockedOut ? error : null;
  const [clock, setClock] = useState<{ of: LockedOut | null; passed: number }>({ of: null, passed: 0 });
  const passed = clock.of === locked ? clock.passed : 0;
  const wait = locked ? Math.max(0, locked.seconds - passed) : 0;
  const isWaiting = wait > 0;
  useEffect(() => {
    if (!locked || !isWaiting) return;
    const timer = setInterval(() => setClock({ of: locked, passed: Math.floor((Date.now() - locked.at) / 1_000) }), 1_000);
    return () => clearInterval(timer);
  }, [locked, isWaiting]);
  return wait;
}

interface RefusalProps {
  error: ApiError | null;
  wait: number;
  /** Instead of the error's own words, when the fields have taken the rest. */
  said?: string | null;
}

/** Why one is not in yet, above the fields. */
export function Refusal({ error, wait, said }: RefusalProps) {
  if (!error) return null;
  if (error instanceof LockedOut) {
    if (wait === 0) return <Notice>You can try again now.</Notice>;
    return (
      <div role="alert">
        <Notice kind="warn">
          Too many tries. You can try again in <b role="timer">{duration(wait * 1_000)}</b>.
        </Notice>
      </div>
    );
  }
  const words = said === undefined ? error.detail || error.title : said;
  return words ? <Notice kind="error">{words}</Notice> : null;
}
