import { queryOptions } from "@tanstack/react-query";
import { http, unwrap } from "@/services/http";

/** The prompts changed last. */
export const promptNamesOptions = (limit: number) =>
  queryOptions({
    queryKey: ["ci", "prompts", limit],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/prompts", { params: { query: { limit, sort: "-updated_at" } }, signal })),
  });
