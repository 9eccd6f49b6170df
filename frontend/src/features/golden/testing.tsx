import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { Toaster } from "@/components/ui/toast";
import type { Schemas } from "@/services/http";
import { makeQueryClient } from "@/services/query-client";
import { signedIn } from "@/test/render";
import { answer, server } from "@/test/server";
import type { Example, Facets } from "./api";
import { GoldenTab } from "./golden-tab";

export const PROMPT = "0190a000-0000-7000-8000-0000000000aa";
const prompt = { id: PROMPT, name: "support/answer", golden_count: 2 } as Schemas["PromptRead"];
export const LIST = `/prompts/${PROMPT}/golden-examples`;

export const example = (n: number, over: Partial<Example> = {}): Example => ({
  id: `0190a000-0000-7000-8000-00000000000${n}`,
  prompt_id: PROMPT,
  input_data: { question: `Question ${n}`, lang: "en" },
  expected_output: `Answer ${n}`,
  context: null,
  criteria: null,
  tags: ["refunds"],
  split: "test",
  weight: 1,
  critical: false,
  source: null,
  revision: 3,
  created_by: "ada",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  ...over,
});

const VARIABLES = ["question", "lang"];

const tally = (names: readonly string[]) =>
  [...new Set(names)].toSorted().map((name) => ({ name, count: names.filter((other) => other === name).length }));

function facetsOf(examples: readonly Example[]): Facets {
  const lacking = VARIABLES.map((variable) => ({ variable, count: examples.filter((one) => !one.input_data[variable]).length }));
  return {
    total: examples.length,
    critical: examples.filter(({ critical }) => critical).length,
    tags: tally(examples.flatMap(({ tags }) => tags)),
    splits: tally(examples.map(({ split }) => split)),
    version_number: 11,
    variables: VARIABLES.map((name) => ({ name, required: true })),
    lacking: lacking.filter((lack) => lack.count > 0),
  };
}

export function show(examples: Example[], search = "") {
  signedIn();
  answer("get", `${LIST}/facets`, facetsOf(examples));
  answer("get", LIST, { items: examples, next_cursor: null, total: examples.length });
  const client = makeQueryClient();
  const root = createRootRoute({ component: () => <GoldenTab prompt={prompt} />, validateSearch: (raw) => raw });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: [`/${search}`] }) });
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router as never} />
      <Toaster />
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), router };
}

export const cell = (text: string) => screen.findByRole("gridcell", { name: text });

interface Patch {
  body: unknown;
  match: string | null;
}

/** Answers changes of one example, and notes what was sent. */
export function onPatch(id: string, patches: Patch[], reply: (body: Record<string, unknown>) => Response): void {
  server.use(
    http.patch(`*/api/v1${LIST}/${id}`, async ({ request }) => {
      const body = (await request.json()) as Record<string, unknown>;
      patches.push({ body, match: request.headers.get("if-match") });
      return reply(body);
    }),
  );
}

