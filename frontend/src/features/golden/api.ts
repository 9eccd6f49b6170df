import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Example = Schemas["ExampleRead"];
export type ExamplePatch = Schemas["ExamplePatch"];
export type ExampleCreate = Schemas["ExampleCreate"];
export type ExamplePage = Schemas["Page_ExampleRead_"];
export type Imported = Schemas["ImportRead"];
export type RowError = Schemas["RowErrorRead"];
export type Variable = Schemas["VariableRead"];
export type Facets = Schemas["FacetsRead"];

export interface Filters {
  q?: string | undefined;
  tag?: string | undefined;
  split?: string | undefined;
  critical?: boolean | undefined;
  /** A variable without a value. */
  lacks?: string | undefined;
}

const PAGE = 200;

const asQuery = ({ q, tag, split, critical, lacks }: Filters) => ({
  ...(q && { q }),
  ...(tag && { tags: [tag] }),
  ...(split && { split }),
  ...(critical && { critical }),
  ...(lacks && { lacks }),
});

/** All that is known of a prompt's examples. */
export const examplesKey = (promptId: string) => ["prompts", promptId, "golden-examples"] as const;
/** Its lists, whatever they are filtered by. */
export const listsKey = (promptId: string) => [...examplesKey(promptId), "list"] as const;
export const oneKey = (promptId: string, id: string) => [...examplesKey(promptId), "one", id] as const;
export const facetsKey = (promptId: string) => [...examplesKey(promptId), "facets"] as const;

export const examplesOptions = (promptId: string, filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [...listsKey(promptId), filters],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET("/api/v1/prompts/{prompt_id}/golden-examples", {
          params: {
            path: { prompt_id: promptId },
            query: { limit: PAGE, ...asQuery(filters), ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last: ExamplePage) => last.next_cursor,
  });

/** Counted over all examples, with the variables that the newest version asks an example for. */
export const facetsOptions = (promptId: string) =>
  queryOptions({
    queryKey: facetsKey(promptId),
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/{prompt_id}/golden-examples/facets", { params: { path: { prompt_id: promptId } }, signal })),
  });

const at = (example: Pick<Example, "id" | "prompt_id">) => ({ prompt_id: example.prompt_id, example_id: example.id });

export const readExample = (example: Pick<Example, "id" | "prompt_id">) =>
  unwrap(http.GET("/api/v1/prompts/{prompt_id}/golden-examples/{example_id}", { params: { path: at(example) } }));

/** One that a link names and no loaded list has. */
export const exampleOptions = (promptId: string, id: string) =>
  queryOptions({ queryKey: oneKey(promptId, id), queryFn: () => readExample({ id, prompt_id: promptId }) });

/** Only over the revision that was seen: another editor's change is never overwritten unseen. */
export const changeExample = ({ example, patch }: { example: Example; patch: ExamplePatch }) =>
  unwrap(
    http.PATCH("/api/v1/prompts/{prompt_id}/golden-examples/{example_id}", {
      params: { path: at(example), header: { "if-match": `"${example.revision}"` } },
      body: patch,
    }),
  );

export const addExample = ({ promptId, body }: { promptId: string; body: ExampleCreate }) =>
  unwrap(http.POST("/api/v1/prompts/{prompt_id}/golden-examples", { params: { path: { prompt_id: promptId } }, body }));

export const removeExample = (example: Pick<Example, "id" | "prompt_id">, keepalive = false) =>
  unwrap(http.DELETE("/api/v1/prompts/{prompt_id}/golden-examples/{example_id}", { params: { path: at(example) }, keepalive }));

export interface ImportOrder {
  promptId: string;
  file: File;
  /** Column of the file → field; what is not named here the server finds by its name. */
  columns: Readonly<Record<string, string>>;
  dryRun: boolean;
}

export function importExamples({ promptId, file, columns, dryRun }: ImportOrder) {
  const form = new FormData();
  form.set("file", file);
  form.set("dry_run", String(dryRun));
  if (Object.keys(columns).length > 0) form.set("columns", JSON.stringify(columns));
  return unwrap(
    http.POST("/api/v1/prompts/{prompt_id}/golden-examples/import", {
      params: { path: { prompt_id: promptId } },
      body: { file: file.name, dry_run: dryRun },
      bodySerializer: () => form,
    }),
  );
}

export type ExportFormat = "csv" | "jsonl" | "parquet";

export function exportUrl(promptId: string, format: ExportFormat, filters: Filters): string {
  const query = new URLSearchParams({ format });
  for (const [key, value] of Object.entries(asQuery(filters))) query.append(key, String(value));
  return `/api/v1/prompts/${promptId}/golden-examples/export?${query}`;
}
