import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { ended, restOf } from "@/features/experiments/progress";
import { ProgressBar } from "@/features/experiments/run-progress";
import { count, duration, money, plural } from "@/lib/format";
import type { Schemas } from "@/services/http";

type Running = Schemas["RunningExperiment"];

export function RunningNow({ running }: { running: readonly Running[] }) {
  const isMoving = running.some(({ status }) => status !== "paused");
  return (
    <Panel
      title="Running now"
      beside={isMoving && <span className="live-dot" aria-hidden="true" />}
      tools={running.length > 0 && <span className="small t3">{plural(running.length, "experiment")}</span>}
      foot={<Link to="/experiments">All experiments</Link>}
    >
      {running.length > 0 ? (
        <div className="stack running-now">
          {running.map((experiment) => (
            <RunningExperiment key={experiment.experiment_id} experiment={experiment} />
          ))}
        </div>
      ) : (
        <p className="t2">No experiment is running.</p>
      )}
    </Panel>
  );
}

const WAITS: Readonly<Partial<Record<Running["status"], string>>> = {
  pending: "waits to start",
  paused: "paused",
  rolling_up: "counting up",
};

function RunningExperiment({ experiment }: { experiment: Running }) {
  const { experiment_id, name, prompt_name, progress, status, eta_s, cost_usd, max_cost_usd } = experiment;
  const rest = restOf(progress);
  const time = WAITS[status] ?? (eta_s === null ? "time left unknown" : `${duration(eta_s * 1000)} left`);
  const spent = max_cost_usd === null ? `${money(cost_usd)} spent` : `${money(cost_usd)} of ${money(max_cost_usd)}`;
  return (
    <div className="stack">
      <div className="row wrap">
        <Link to="/experiments/$experimentId" params={{ experimentId: experiment_id }}>
          <b>{name}</b>
        </Link>
        <span className="small t3 push">
          {count(ended(progress))} of {count(progress.planned)} · {time}
        </span>
      </div>
      <ProgressBar progress={progress} running={status === "running"} />
      <p className="small t2">
        {prompt_name} · {cost_usd === null ? "price unknown" : spent}
        {rest && ` · ${rest}`}
      </p>
    </div>
  );
}
