import type { Days } from "@/features/analytics/api";
import { type RawSearch, whole } from "@/lib/search-params";

export interface DashboardSearch {
  days?: Days;
}

export function dashboardSearch(raw: RawSearch): DashboardSearch {
  const days = whole(raw, "days", 1);
  return { days: days === 1 || days === 7 || days === 30 ? days : undefined };
}
