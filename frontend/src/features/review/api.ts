import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type ReviewItem = Schemas["ReviewItemRead"];
export type Handed = Schemas["NextRead"];
export type Completed = Schemas["CompletedRead"];
export type Reason = Schemas["ReviewReason"];

const MOST = 50;

export const standingOptions = queryOptions({
  queryKey: ["review", "standing"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/review-queue", { signal })),
});

const handOut = (skip: string[], signal?: AbortSignal) =>
  unwrap(http.POST("/api/v1/review-queue/next", { body: { skip }, ...(signal && { signal }) }));

/** Asked once for each item and never refreshed by itself: an item stays on the desk until it is answered. */
const HELD = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnReconnect: false } as const;

/** The item on the desk; the server gives the caller's own leased item first, so a reload finds it again. */
export const deskOptions = queryOptions({
  queryKey: ["review", "desk"],
  queryFn: ({ signal }) => handOut([], signal),
  ...HELD,
});

/** What comes after an item, asked for while that one is being read. */
export const afterOptions = (item_id: string) =>
  queryOptions({
    queryKey: ["review", "after", item_id],
    queryFn: async ({ signal, client }) => {
      const handed = await handOut([item_id], signal);
      client.setQueryData(standingOptions.queryKey, (standing) => standing && { ...standing, total: handed.remaining });
      return handed;
    },
    ...HELD,
  });

export const askAgain = (skip: string[]) => handOut(skip);

export const completeItem = ({ item_id, body }: { item_id: string; body: Schemas["ReviewAnswer"] }) =>
  unwrap(http.POST("/api/v1/review-queue/{item_id}/complete", { params: { path: { item_id } }, body }));

export const skipItem = (item_id: string) =>
  unwrap(http.POST("/api/v1/review-queue/{item_id}/skip", { params: { path: { item_id } } }));

export const undoItem = (item_id: string) =>
  unwrap(http.POST("/api/v1/review-queue/{item_id}/undo", { params: { path: { item_id } } }));

export const sampleOutputs = (body: Schemas["QueueSample"]) => unwrap(http.POST("/api/v1/review-queue/sample", { body }));

/** Experiments to choose from, the newest first. */
export const experimentChoicesOptions = queryOptions({
  queryKey: ["experiments", "choices"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/experiments", { params: { query: { limit: MOST } }, signal })),
});
