import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { makeRouter } from "@/app/router";
import { makeQueryClient } from "@/services/query-client";
import { answer } from "./server";

export const SCOPES = ["read", "write", "run", "ci", "chat", "review", "admin"];

export function signedIn(scopes: string[] = SCOPES): void {
  answer("get", "/me", {
    subject: "ada",
    kind: "session",
    user: "ada",
    user_id: "0190a000-0000-7000-8000-000000000001",
    email: "ada@example.org",
    language: "en",
    time_zone: "UTC",
    workspace: { id: "0190a000-0000-7000-8000-000000000002", name: "Main" },
    role: "admin",
    scopes,
    rate_limit: { per_minute: 600, status_per_minute: 1200 },
  });
}

/** A whole page through the real router, as somebody who is signed in. */
export function renderAt(path: string) {
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  const router = makeRouter(client);
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [path] }) } as never);
  const view = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...view, user: userEvent.setup(), router, client };
}

/** A component alone, with a query client around it. */
export function renderAlone(node: ReactNode) {
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { retry: false } });
  const view = render(<QueryClientProvider client={client}>{node}</QueryClientProvider>);
  return { ...view, user: userEvent.setup(), client };
}
