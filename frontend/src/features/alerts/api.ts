import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Alert = Schemas["AlertRead"];
export type AlertSettings = Schemas["AlertSettingsRead"];

/** The beginning of every key of the list. */
export const ALERTS_KEY = ["alerts"] as const;

export const alertsOptions = (state: Schemas["AlertState"], cursor: string | undefined) =>
  queryOptions({
    queryKey: [...ALERTS_KEY, state, cursor],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/alerts", { params: { query: { state, limit: 50, ...(cursor && { cursor }) } }, signal })),
    placeholderData: keepPreviousData,
  });

export const alertSettingsOptions = queryOptions({
  queryKey: ["alert-settings"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/alerts/settings", { signal })),
});

export const acknowledgeAlert = (alert_id: string) => unwrap(http.POST("/api/v1/alerts/{alert_id}/acknowledge", { params: { path: { alert_id } } }));

export const changeAlertSettings = (body: Schemas["AlertSettingsChange"]) => unwrap(http.PUT("/api/v1/alerts/settings", { body }));
