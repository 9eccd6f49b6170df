import { http as msw, HttpResponse, type JsonBodyType } from "msw";
import { setupServer } from "msw/node";

/** Empty: a test says which answers it needs, and a request without one fails it. */
export const server = setupServer();

const at = (path: string) => `*/api/v1${path}`;

export function answer(method: "get" | "post" | "patch" | "delete", path: string, body: JsonBodyType, status = 200): void {
  server.use(msw[method](at(path), () => (status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(body, { status }))));
}

/** A refusal as the server words it (RFC 9457). */
export function refuse(
  method: "get" | "post" | "patch" | "delete",
  path: string,
  status: number,
  code: string,
  detail: string,
  errors: { pointer: string; code: string; detail: string }[] = [],
): void {
  const body = { type: `/docs/problems#${code}`, title: code, status, code, detail, instance: path, request_id: "req-1", errors };
  answer(method, path, body, status);
}
