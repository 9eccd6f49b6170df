import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http, unwrap } from "@/services/http";

export const searchOptions = (q: string) =>
  queryOptions({
    queryKey: ["search", q],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/search", { params: { query: { q, limit: 20 } }, signal })),
    enabled: q.trim() !== "",
    placeholderData: keepPreviousData,
  });
