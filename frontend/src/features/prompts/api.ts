import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, type Schemas, http, unwrap } from "@/services/http";

export type Prompt = Schemas["PromptRead"];
export type Version = Schemas["VersionRead"];
export type LabelMove = Schemas["LabelMoveRead"];
export type Diff = Schemas["DiffRead"];

/** The client's types forget that an interval is a pair; hence the casts of this file. */
type Prompts = Schemas["Page_PromptRead_"];
type Versions = Schemas["Page_VersionRead_"];

const PROMPTS_A_PAGE = 100;
const VERSIONS_A_PAGE = 50;

/** The beginning of every key here: a change of a prompt may show in any of them. */
export const PROMPTS_KEY = ["prompts"] as const;

interface Paged {
  next_cursor: string | null;
}

const nextOf = (page: Paged): string | undefined => page.next_cursor ?? undefined;

/** Names hold slashes; a proxy may refuse them written as %2F. */
const named = (path: string, params: Record<string, unknown>): string =>
  path.replace(/\{(\w+)\}/g, (_, key: string) => String(params[key]).split("/").map(encodeURIComponent).join("/"));

export interface PromptFilters {
  q?: string | undefined;
  folder?: string | undefined;
  tag?: string | undefined;
  label?: string | undefined;
  owner?: string | undefined;
  /** Without a golden example. */
  unexampled?: true | undefined;
  regressed?: true | undefined;
  archived?: true | undefined;
  sort?: "name" | "-updated_at" | "score" | undefined;
}

export const promptsOptions = ({ tag, ...rest }: PromptFilters) =>
  infiniteQueryOptions({
    queryKey: [...PROMPTS_KEY, "list", { tag, ...rest }],
    queryFn: ({ pageParam: cursor, signal }) => {
      const query = { ...rest, ...(tag && { tag: [tag] }), limit: PROMPTS_A_PAGE, ...(cursor && { cursor }) };
      return unwrap(http.GET("/api/v1/prompts", { params: { query }, signal })) as Promise<Prompts>;
    },
    initialPageParam: "",
    getNextPageParam: nextOf,
    placeholderData: keepPreviousData,
  });

export const promptOptions = (name: string) =>
  queryOptions({
    queryKey: [...PROMPTS_KEY, "named", name],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/named/{name}", { params: { path: { name } }, pathSerializer: named, signal })) as Promise<Prompt>,
  });

/** Newest first. */
export const versionsOptions = (prompt_id: string) =>
  infiniteQueryOptions({
    queryKey: [...PROMPTS_KEY, "versions", prompt_id],
    queryFn: ({ pageParam: cursor, signal }) => {
      const params = { path: { prompt_id }, query: { limit: VERSIONS_A_PAGE, ...(cursor && { cursor }) } };
      return unwrap(http.GET("/api/v1/prompts/{prompt_id}/versions", { params, signal })) as Promise<Versions>;
    },
    initialPageParam: "",
    getNextPageParam: nextOf,
  });

/** By number, a label or `latest`: what the pages of the list have not brought yet. */
export const servedOptions = (name: string, selector: string) =>
  queryOptions({
    queryKey: [...PROMPTS_KEY, "served", name, selector],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/by-name/{name}@{selector}", { params: { path: { name, selector } }, pathSerializer: named, signal })),
  });

/** Each an id, or a name and a number as `name@3`. */
export const diffOptions = (from: string, to: string) =>
  queryOptions({
    queryKey: [...PROMPTS_KEY, "diff", from, to],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/prompts/diff", { params: { query: { from, to } }, signal })) as Promise<Diff>,
  });

export type Outlook = Schemas["OutlookRead"];

/** What the gate of a label would say to a version, and the verdict it would go by. */
export const outlookOptions = (version: string, label: string) =>
  queryOptions({
    queryKey: [...PROMPTS_KEY, "outlook", version, label],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates/outlook", { params: { query: { version, label } }, signal })) as Promise<Outlook>,
    staleTime: 0,
  });

/** What is known about a version against another; null where nothing was run. */
export const verdictOptions = (baseline: string, candidate: string) =>
  queryOptions({
    queryKey: [...PROMPTS_KEY, "verdict", baseline, candidate],
    queryFn: async ({ signal }): Promise<Schemas["Verdict"] | null> => {
      try {
        return await unwrap(http.GET("/api/v1/compare", { params: { query: { baseline, candidate } }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });

export const labelHistoryOptions = (prompt_id: string, label: string) =>
  queryOptions({
    queryKey: [...PROMPTS_KEY, "moves", prompt_id, label],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/{prompt_id}/labels/{label}/history", { params: { path: { prompt_id, label } }, signal })),
  });

export const modelsOptions = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/models", { signal })),
  staleTime: 300_000,
});

// without a model and parameters the server takes its defaults
type NewPrompt = Partial<Schemas["PromptCreate"]> & Pick<Schemas["PromptCreate"], "name">;
const PLAIN = { description: "", tags: [], message: "", template_format: "jinja2" } as const;

export const createPrompt = (body: NewPrompt) => {
  const hasText = body.template !== undefined || body.messages !== undefined;
  const { message, template_format, ...bare } = PLAIN;
  const defaults = hasText ? { ...bare, message, template_format, tags: [] } : { ...bare, tags: [] };
  return unwrap(http.POST("/api/v1/prompts", { body: { ...defaults, ...body } as Schemas["PromptCreate"] }));
};

export const patchPrompt = ({ id, body }: { id: string; body: Schemas["PromptPatch"] }) =>
  unwrap(http.PATCH("/api/v1/prompts/{prompt_id}", { params: { path: { prompt_id: id } }, body }));

export const erasePrompt = (prompt_id: string) =>
  unwrap(http.DELETE("/api/v1/prompts/{prompt_id}", { params: { path: { prompt_id }, query: { erase: true } } }));

export const createVersion = ({ id, body }: { id: string; body: Schemas["VersionCreate"] }) =>
  unwrap(http.POST("/api/v1/prompts/{prompt_id}/versions", { params: { path: { prompt_id: id } }, body })) as Promise<Version>;

export interface Move {
  promptId: string;
  versionId: string;
  label: string;
  reason?: string;
  override?: boolean;
  /** Where the label stands as far as the page knows; 412 when it is elsewhere. */
  from?: string | null;
}

export const moveLabel = ({ promptId, versionId, label, reason = "", override = false, from }: Move) =>
  unwrap(
    http.POST("/api/v1/prompts/{prompt_id}/versions/{version_id}/activate", {
      params: { path: { prompt_id: promptId, version_id: versionId } },
      body: { label, reason, override, ...(from !== undefined && { from_version_id: from }) },
    }),
  );

export const createExample = ({ id, body }: { id: string; body: Schemas["ExampleCreate"] }) =>
  unwrap(http.POST("/api/v1/prompts/{prompt_id}/golden-examples", { params: { path: { prompt_id: id } }, body }));
