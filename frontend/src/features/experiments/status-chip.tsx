import { Ban, CircleAlert, CircleCheck, Clock, LoaderCircle, Pause, TriangleAlert } from "lucide-react";
import { Chip } from "@/components/ui/chip";
import type { ExperimentStatus } from "./api";
import { STATUS_WORDS } from "./words";

const ICONS: Readonly<Record<ExperimentStatus, typeof Clock>> = {
  pending: Clock,
  running: LoaderCircle,
  paused: Pause,
  rolling_up: LoaderCircle,
  completed: CircleCheck,
  completed_with_errors: TriangleAlert,
  failed: CircleAlert,
  cancelled: Ban,
};

export function StatusChip({ status }: { status: ExperimentStatus }) {
  const Icon = ICONS[status];
  return (
    <Chip>
      <Icon className="icon" aria-hidden="true" />
      {STATUS_WORDS[status]}
    </Chip>
  );
}
