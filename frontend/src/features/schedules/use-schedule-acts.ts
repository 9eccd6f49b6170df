import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { type Schedule, SCHEDULES_KEY, changeSchedule, deleteSchedule, runSchedule } from "./api";

export interface ScheduleActs {
  run: (schedule: Schedule) => void;
  edit: (schedule: Schedule) => void;
  turn: (schedule: Schedule) => void;
  remove: (schedule: Schedule) => void;
  /** The one that is about to be deleted. */
  removing: Schedule | null;
  reallyRemove: () => void;
  keep: () => void;
  isRemoving: boolean;
  error: Error | null;
}

/** What a row of schedules can do. Deleting asks first: what was learned goes with it. */
export function useScheduleActs(edit: (schedule: Schedule) => void): ScheduleActs {
  const client = useQueryClient();
  const [removing, setRemoving] = useState<Schedule | null>(null);
  const again = () => client.invalidateQueries({ queryKey: SCHEDULES_KEY });
  const run = useMutation({
    mutationFn: (schedule: Schedule) => runSchedule(schedule.id),
    onSuccess: async (_, schedule) => {
      await again();
      toast(`${schedule.name} starts now.`);
    },
  });
  const turn = useMutation({
    mutationFn: (schedule: Schedule) => changeSchedule({ schedule, body: { enabled: !schedule.enabled } }),
    onSuccess: async (changed) => {
      await again();
      toast(`${changed.name} is ${changed.enabled ? "on" : "off"}.`, () => turn.mutate(changed));
    },
  });
  const remove = useMutation({
    mutationFn: (schedule: Schedule) => deleteSchedule(schedule.id),
    onSuccess: async () => {
      setRemoving(null);
      await again();
    },
  });
  return {
    run: run.mutate,
    edit,
    turn: turn.mutate,
    remove: setRemoving,
    removing,
    reallyRemove: () => removing && remove.mutate(removing),
    keep: () => setRemoving(null),
    isRemoving: remove.isPending,
    error: run.error ?? turn.error ?? remove.error,
  };
}
