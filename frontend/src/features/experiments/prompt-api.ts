import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

/** The client's types forget that an interval is a pair; hence the cast. */
export type ScorePoint = Schemas["ScorePoint"];

/** The newest finished experiment of each version, oldest version first. */
export const scoreHistoryOptions = (prompt_id: string) =>
  queryOptions({
    queryKey: ["prompts", prompt_id, "score-history"],
    queryFn: async ({ signal }) => {
      const page = await unwrap(http.GET("/api/v1/prompts/{prompt_id}/score-history", { params: { path: { prompt_id } }, signal }));
      return (page.items as ScorePoint[]).toSorted((one, other) => one.version_number - other.version_number);
    },
  });
