import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/** What the server said was wrong (RFC 9457), or `offline` when it said nothing. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly requestId: string | null = null,
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title);
  }
}

const OFFLINE = "The server did not answer. Your text is kept; it goes on when the server is back.";

export const offline = (): ApiError => new ApiError(0, "offline", "No connection to the server", OFFLINE);

export async function problemOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  try {
    const body = (await response.clone().json()) as Record<string, unknown>;
    const words = (key: string) => (typeof body[key] === "string" ? body[key] : "");
    const errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : [];
    return new ApiError(response.status, words("code"), words("title"), words("detail"), errors, requestId, body);
  } catch {
    const detail = `The server answered ${response.status} without saying why.`;
    return new ApiError(response.status, "unknown", "Unexpected answer", detail, [], requestId);
  }
}

const raiseProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return error instanceof ApiError ? error : offline();
  },
};

export const http = createClient<paths>({
  baseUrl: window.location.origin,
  // late, so that a test can put its own server in front
  fetch: (request: Request) => globalThis.fetch(request),
  querySerializer: { array: { style: "form", explode: true } },
});
http.use(raiseProblems);

/** The data of a call; what was not `ok` has been thrown as ApiError before. */
export async function unwrap<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
