import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { Notice } from "@/components/ui/notice";
import { ConfirmByName } from "@/features/accounts/confirm-by-name";
import { ApiError } from "@/services/http";
import { type Schedule, driftOptions, schedulesOptions } from "./api";
import { DriftCard } from "./drift-card";
import { DriftCharts } from "./drift-charts";
import { ScheduleSheet } from "./schedule-sheet";
import { SchedulesTable } from "./schedules-table";
import { useScheduleActs } from "./use-schedule-acts";

interface DriftTabProps {
  /** Whose runs are drawn. */
  chosen: string | undefined;
  /** The sheet is open: for a new schedule, or for the one of this id. */
  plan: string | undefined;
  mayChange: boolean;
  onPlan: (plan: string | undefined) => void;
  onSaved: (schedule: string) => void;
}

/** What needs somebody first: an alarm, then what is watched at all. */
function first(schedules: readonly Schedule[]): Schedule | undefined {
  return schedules.find(({ drift }) => drift?.state === "alarm") ?? schedules.find(({ watch, last_run }) => watch && last_run) ?? undefined;
}

export function DriftTab({ chosen, plan, mayChange, onPlan, onSaved }: DriftTabProps) {
  const schedules = useQuery(schedulesOptions);
  const acts = useScheduleActs((schedule) => onPlan(schedule.id));
  const items = schedules.data?.items ?? [];
  const shown = items.find(({ id }) => id === chosen) ?? first(items);
  const edited = items.find(({ id }) => id === plan);
  return (
    <>
      {acts.error && !acts.removing && <Notice kind="error">{acts.error.message}</Notice>}
      {shown?.watch && <Watched key={shown.id} schedule={shown} mayChange={mayChange} />}
      <QueryStates query={schedules} failed="The schedules could not be loaded.">
        {(page) => <SchedulesTable schedules={page.items} chosen={shown?.id} mayChange={mayChange} acts={acts} />}
      </QueryStates>
      {(plan === "new" || edited) && (
        <ScheduleSheet schedule={edited} onClose={() => onPlan(undefined)} onSaved={(saved) => onSaved(saved.id)} />
      )}
      {acts.removing && (
        <ConfirmByName
          title="Delete this schedule"
          name={acts.removing.name}
          button="Delete schedule"
          busy={acts.isRemoving}
          error={acts.error instanceof ApiError ? acts.error : null}
          onConfirm={acts.reallyRemove}
          onClose={acts.keep}
        >
          Its experiments stay; what was learned about drift is gone.
        </ConfirmByName>
      )}
    </>
  );
}

function Watched({ schedule, mayChange }: { schedule: Schedule; mayChange: boolean }) {
  const drift = useQuery(driftOptions(schedule.id));
  return (
    <QueryStates query={drift} failed="The runs could not be loaded." rows={24}>
      {(found) => (
        <>
          <DriftCard schedule={schedule} drift={found} mayChange={mayChange} />
          {found.points.length > 0 && <DriftCharts drift={found} />}
        </>
      )}
    </QueryStates>
  );
}
