import { type RawSearch, oneOf } from "@/lib/search-params";

export interface DashboardSearch {
  days?: "1" | "7" | "30";
}

export function dashboardSearch(raw: RawSearch): DashboardSearch {
  return {
    days: oneOf(raw, "days", ["1", "7", "30"]),
  };
}
