import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, RotateCw, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/session/use-may";
import { count } from "@/lib/format";
import { type Act, type Status, statusKey, steer } from "./api";
import { unscored } from "./progress";
import { STATUS_WORDS, isFinal } from "./words";

const DONE: Readonly<Record<Act, string>> = {
  pause: "Paused. Cases in flight finish; none is lost.",
  resume: "It goes on.",
  cancel: "Cancelled. What is scored is kept.",
  "retry-failed": "The missing cases are tried again; only they are paid for.",
};

const ROLLING_UP = "The results are computed again; nothing is paid for.";

/** One mutation for the four acts; a refusal means that somebody else was first, so the state is asked for again. */
export function useSteering(id: string) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: (act: Act) => steer({ id, act }),
    onSuccess: (status, act) => {
      client.setQueryData(statusKey(id), status);
      toast(status.status === "rolling_up" ? ROLLING_UP : DONE[act], act === "cancel" ? () => mutation.mutate("retry-failed") : undefined);
    },
    onError: () => void client.invalidateQueries({ queryKey: statusKey(id) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ["experiments", "list"] }),
  });
  return mutation;
}

type Steering = ReturnType<typeof useSteering>;

interface SteeringProps {
  status: Status;
  steering: Steering;
}

export function SteeringButtons({ status: { status, progress }, steering }: SteeringProps) {
  const mayRun = useMay("run");
  if (!mayRun) return null;
  const busy = (act: Act) => steering.isPending && steering.variables === act;
  if (isFinal(status)) {
    const again = whatAgain(status, unscored(progress));
    return again ? (
      <Button busy={busy("retry-failed")} disabled={steering.isPending} onClick={() => steering.mutate("retry-failed")}>
        <RotateCw className="icon" aria-hidden="true" />
        {again}
      </Button>
    ) : null;
  }
  if (status === "rolling_up") return null;
  return (
    <>
      {status === "paused" ? (
        <Button kind="primary" busy={busy("resume")} disabled={steering.isPending} onClick={() => steering.mutate("resume")}>
          <Play className="icon" aria-hidden="true" />
          Resume
        </Button>
      ) : (
        <Button busy={busy("pause")} disabled={steering.isPending} onClick={() => steering.mutate("pause")}>
          <Pause className="icon" aria-hidden="true" />
          Pause
        </Button>
      )}
      <Button kind="danger" busy={busy("cancel")} disabled={steering.isPending} onClick={() => steering.mutate("cancel")}>
        <X className="icon" aria-hidden="true" />
        Cancel
      </Button>
    </>
  );
}

/** Of a failed one the results alone; else the cases without a score, if there are any. */
function whatAgain(status: Status["status"], missing: number): string | null {
  if (status === "failed") return "Compute the results again";
  if (missing === 0) return null;
  return status === "cancelled" ? `Run the missing ${count(missing)}` : `Retry ${count(missing)} failed`;
}

/** Why the last act did not happen, in the server's words, and how things stand now. */
export function SteeringRefusal({ status, steering }: SteeringProps) {
  const { error } = steering;
  if (!error) return null;
  return (
    <Notice
      kind="error"
      action={
        <Button small onClick={() => steering.reset()}>
          Close
        </Button>
      }
    >
      {error.detail || error.title}
      {error.status === 409 && ` Somebody else was first: it is ${STATUS_WORDS[status.status].toLowerCase()} now.`}
    </Notice>
  );
}
