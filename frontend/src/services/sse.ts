import { EventSourceParserStream } from "eventsource-parser/stream";
import { useEffect, useEffectEvent, useState } from "react";
import { ApiError, offline, problemOf } from "./http";

export type Liveness = "connecting" | "live" | "polling";

const GIVE_UP_AFTER = 3;
const POLL_EVERY_MS = 5_000;

/**
 * One EventSource for a page. The browser reconnects by itself with `Last-Event-ID`; after three failures in a row
 * `onPoll` is called every five seconds instead, until `url` changes.
 */
export function useEvents(
  url: string | null,
  names: readonly string[],
  onEvent: (name: string, data: unknown) => void,
  onPoll: () => void,
): Liveness {
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  const receive = useEffectEvent(onEvent);
  const poll = useEffectEvent(onPoll);
  const listened = names.join(" ");

  useEffect(() => {
    if (url === null) return;
    let failures = 0;
    let timer: ReturnType<typeof setInterval> | undefined;
    const source = new EventSource(url);
    source.addEventListener("open", () => {
      failures = 0;
      setLiveness("live");
    });
    source.addEventListener("error", () => {
      failures += 1;
      if (failures < GIVE_UP_AFTER && source.readyState !== EventSource.CLOSED) return;
      source.close();
      setLiveness("polling");
      timer ??= setInterval(() => poll(), POLL_EVERY_MS);
    });
    for (const name of listened.split(" ")) {
      source.addEventListener(name, (event) => receive(name, JSON.parse((event as MessageEvent<string>).data)));
    }
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, [url, listened]);

  return liveness;
}

export interface StreamEvent {
  name: string;
  data: unknown;
}

/** The events of a POST that answers as a stream. Throws ApiError before the first event; ends when the stream does. */
export async function* postStream(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    throw signal.aborted ? error : offline();
  }
  if (!response.ok) throw await problemOf(response);
  if (!response.body) throw new ApiError(502, "unknown", "Empty answer", "The server closed the stream before it began.");
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield { name: value.event ?? "message", data: JSON.parse(value.data) };
    }
  } finally {
    await reader.cancel().catch(() => undefined); // the way there may be gone already
  }
}
