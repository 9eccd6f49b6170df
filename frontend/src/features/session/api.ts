import { queryOptions } from "@tanstack/react-query";
import { setZone } from "@/lib/format";
import { ApiError, type Schemas, http, unwrap } from "@/services/http";

export type Scope = Schemas["Scope"];

export const meOptions = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => {
    const me = await unwrap(http.GET("/api/v1/me", { signal }));
    setZone(me.time_zone);
    return me;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether the process answers and what is degraded; 503 is an answer here, not an error. */
export const readyOptions = queryOptions({
  queryKey: ["ready"],
  queryFn: async ({ signal }) => {
    const response = await fetch("/api/v1/health", { signal });
    return (await response.json()) as Schemas["Health"];
  },
  refetchInterval: 30_000,
  retry: false,
});

export const setupOptions = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/auth/setup", { signal })),
});

/** Too many tries; the server says for how long. */
export class LockedOut extends ApiError {
  readonly at = Date.now();

  constructor(
    refusal: ApiError,
    readonly seconds: number,
  ) {
    super(refusal.status, refusal.code, refusal.title, refusal.detail, refusal.errors, refusal.requestId, refusal.body);
  }
}

const WAIT_IF_UNSAID_S = 60;

/** Calls with a fetch that keeps what the answer's Retry-After said. */
async function withWait<T>(call: (listen: (request: Request) => Promise<Response>) => Promise<T>): Promise<T> {
  let wait: string | null = null;
  try {
    return await call(async (request) => {
      const response = await globalThis.fetch(request);
      wait = response.headers.get("retry-after");
      return response;
    });
  } catch (error) {
    if (error instanceof ApiError && error.status === 429) throw new LockedOut(error, Number(wait) || WAIT_IF_UNSAID_S);
    throw error;
  }
}

export const signIn = (body: Schemas["Login"]) =>
  withWait((fetch) => unwrap(http.POST("/api/v1/auth/session", { body, fetch })));

export const register = (body: Schemas["Register"]) =>
  withWait((fetch) => unwrap(http.POST("/api/v1/auth/session/register", { body, fetch })));

export const resetPassword = (body: Schemas["ResetPassword"]) =>
  withWait((fetch) => unwrap(http.POST("/api/v1/auth/password/reset", { body, fetch })));

export const signOut = () => unwrap(http.DELETE("/api/v1/auth/session"));

/** A one-time link; asked as a query, because a query runs once however often the page is drawn. */
export const linkOptions = (token: string) =>
  queryOptions({
    queryKey: ["sign-in-link", token],
    queryFn: () => withWait((fetch) => unwrap(http.POST("/api/v1/auth/session/link", { body: { token }, fetch }))),
    enabled: token !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    retryOnMount: false,
    refetchOnReconnect: false,
  });

export const loadDemoData = () => unwrap(http.POST("/api/v1/demo-data"));
