import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Budget = Schemas["BudgetRead"];
export type NewBudget = Schemas["BudgetCreate"];
export type Price = Schemas["PriceRead"];
export type Override = Schemas["PriceOverrideRead"];

const MOST = 200;

export const budgetsOptions = queryOptions({
  queryKey: ["budgets"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/budgets", { signal })),
});

export const pricesOptions = queryOptions({
  queryKey: ["prices"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/prices", { signal })),
});

/** What a budget can be for. */
export const promptNamesOptions = queryOptions({
  queryKey: ["budget-prompts"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/prompts", { params: { query: { limit: MOST, sort: "name" } }, signal })),
});

export const createBudget = (body: NewBudget) => unwrap(http.POST("/api/v1/budgets", { body }));

interface Change {
  id: string;
  body: Partial<Schemas["BudgetPatch"]>;
}

/** Only what is sent is changed; the client's types take defaults for what has to be sent. */
export const changeBudget = ({ id, body }: Change) =>
  unwrap(http.PATCH("/api/v1/budgets/{budget_id}", { params: { path: { budget_id: id } }, body: body as Schemas["BudgetPatch"] }));

export const deleteBudget = (budget_id: string) => unwrap(http.DELETE("/api/v1/budgets/{budget_id}", { params: { path: { budget_id } } }));

export const createPrice = (body: Schemas["PriceOverrideCreate"]) => unwrap(http.POST("/api/v1/prices", { body }));

export const deletePrice = (price_id: string) => unwrap(http.DELETE("/api/v1/prices/{price_id}", { params: { path: { price_id } } }));
