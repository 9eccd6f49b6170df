import { type RawSearch, stringifySearch } from "@/lib/search-params";

/** Filters under a name. They are kept as they stand in the address, whose parser makes sense of whatever it finds. */
export interface View {
  name: string;
  address: string;
}

export const MOST_VIEWS = 30;
export const LONGEST_NAME = 60;

const isView = (raw: unknown): raw is View =>
  typeof raw === "object" && raw !== null && "name" in raw && typeof raw.name === "string" && raw.name.trim() !== "" && "address" in raw && typeof raw.address === "string";

export function readViews(raw: unknown): readonly View[] {
  if (!Array.isArray(raw)) return [];
  const views = raw.filter(isView).map(({ name, address }) => ({ name: name.slice(0, LONGEST_NAME), address }));
  return views.filter(({ name }, index) => views.findIndex((other) => other.name === name) === index).slice(0, MOST_VIEWS);
}

export const addressOf = (filters: object): string => stringifySearch({ ...filters } satisfies RawSearch);

/** In its old place, if there is a view of this name; else the last one. */
export function withView(views: readonly View[], view: View): readonly View[] {
  const at = views.findIndex(({ name }) => name === view.name);
  if (at >= 0) return views.with(at, view);
  return views.length < MOST_VIEWS ? [...views, view] : views;
}

/** Back to where it was, unless the name is taken again. */
export const putBack = (views: readonly View[], view: View, at: number): readonly View[] =>
  views.some(({ name }) => name === view.name) ? views : views.toSpliced(at, 0, view).slice(0, MOST_VIEWS);
