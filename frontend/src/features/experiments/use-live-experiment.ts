import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Liveness, useEvents } from "@/services/sse";
import { type Status, casesKey, eventsUrl, statusKey } from "./api";
import { type TaskEvent, patched } from "./progress";
import { isFinal } from "./words";

const CASES_EVERY_MS = 2_000;
const MS_A_CASE = 1;
/** A pause by somebody else is no event of the stream. */
const LOOK_EVERY_MS = 10_000;
const EVENTS = ["progress", "result"] as const;

export interface Live {
  liveness: Liveness | "ended";
  etaS: number | null;
}

/** Events patch what the cache has of the experiment; without a stream it is asked for every five seconds. */
export function useLiveExperiment(id: string, status: Status | undefined): Live {
  const client = useQueryClient();
  const [etaS, setEta] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isOpen = status !== undefined && !isFinal(status.status);

  const askStatus = () => void client.invalidateQueries({ queryKey: statusKey(id) });
  const askCases = () => void client.invalidateQueries({ queryKey: casesKey(id) });
  const askAll = () => void client.invalidateQueries({ queryKey: ["experiments"] });
  const askCasesSoon = () => {
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        askCases();
      },
      Math.max(CASES_EVERY_MS, (status?.plan.cases ?? 0) * MS_A_CASE),
    );
  };

  const receive = (name: string, data: unknown) => {
    const event = data as TaskEvent;
    setEta(event.progress.eta_s);
    if (name === "result") return askAll();
    client.setQueryData<Status>(statusKey(id), (old) => {
      if (!old) return old;
      const { progress, isWhole } = patched(old.progress, event);
      const hasBegun = old.status === "pending" && event.status === "running";
      if (!isWhole) queueMicrotask(askStatus);
      return { ...old, progress, cost_usd: event.cost_usd, ...(hasBegun && { status: "running" as const }) };
    });
    askCasesSoon();
  };

  const liveness = useEvents(isOpen ? eventsUrl(id) : null, EVENTS, receive, () => {
    askStatus();
    askCases();
  });

  useEffect(() => {
    if (!isOpen) return;
    const look = setInterval(() => void client.invalidateQueries({ queryKey: statusKey(id) }), LOOK_EVERY_MS);
    return () => {
      clearInterval(look);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [client, id, isOpen]);

  return { liveness: isOpen ? liveness : "ended", etaS };
}
