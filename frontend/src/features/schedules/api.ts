import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

/** The client's types forget that an interval is a pair; hence the casts of this file. */
export type Schedule = Schemas["ScheduleRead"];
export type Drift = Schemas["DriftRead"];

const MOST = 200;

/** The beginning of every key here: a change of a schedule may show in any of them. */
export const SCHEDULES_KEY = ["schedules"] as const;

export const schedulesOptions = queryOptions({
  queryKey: [...SCHEDULES_KEY, "list"],
  queryFn: ({ signal }) =>
    unwrap(http.GET("/api/v1/schedules", { params: { query: { limit: MOST } }, signal })) as Promise<Schemas["Page_ScheduleRead_"]>,
});

/** The runs of the newest series, what is usual, and what was told. */
export const driftOptions = (schedule_id: string) =>
  queryOptions({
    queryKey: [...SCHEDULES_KEY, "drift", schedule_id],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/schedules/{schedule_id}/drift", { params: { path: { schedule_id } }, signal })) as Promise<Drift>,
  });

export const createSchedule = (body: Schemas["ScheduleCreate"]) => unwrap(http.POST("/api/v1/schedules", { body })) as Promise<Schedule>;

interface Change {
  schedule: Schedule;
  body: Partial<Schemas["SchedulePatch"]>;
}

/** Refused with 412 where somebody else changed it meanwhile. */
export const changeSchedule = ({ schedule, body }: Change) =>
  unwrap(
    http.PATCH("/api/v1/schedules/{schedule_id}", {
      params: { path: { schedule_id: schedule.id }, header: { "if-match": `"${schedule.number}"` } },
      body: body as Schemas["SchedulePatch"],
    }),
  ) as Promise<Schedule>;

const at = (schedule_id: string) => ({ params: { path: { schedule_id } } });

export const deleteSchedule = (id: string) => unwrap(http.DELETE("/api/v1/schedules/{schedule_id}", at(id)));
export const runSchedule = (id: string) => unwrap(http.POST("/api/v1/schedules/{schedule_id}/run", at(id)));
export const learnAgain = (id: string) => unwrap(http.POST("/api/v1/schedules/{schedule_id}/learn", at(id)));
