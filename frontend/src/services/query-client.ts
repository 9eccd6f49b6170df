import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import type { ApiError } from "./http";
import { sessionEnded } from "./session-ended";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ApiError;
  }
}

const RETRIES = 2;

/** Trouble of the way there is tried again; an answer of the server is an answer. */
export function isWorthARetry(failures: number, error: ApiError): boolean {
  return failures < RETRIES && (error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504);
}

function noticeEnd(error: ApiError): void {
  if (error.status === 401) sessionEnded.raise();
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: noticeEnd }),
    mutationCache: new MutationCache({ onError: noticeEnd }),
    defaultOptions: {
      queries: { refetchOnWindowFocus: false, staleTime: 10_000, retry: isWorthARetry },
      mutations: { retry: false },
    },
  });
}
