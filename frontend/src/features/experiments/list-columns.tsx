import { Chip, VersionChip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import type { Column } from "@/features/lists/columns";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { count, duration, money, plural } from "@/lib/format";
import type { Experiment } from "./api";
import { newestOf } from "./compare-link";
import { headline, unscored } from "./progress";
import { ProgressBar } from "./run-progress";
import { StatusChip } from "./status-chip";
import { isFinal } from "./words";

function Standing({ status, progress, eta_s }: Experiment) {
  if (isFinal(status)) return <StatusChip status={status} />;
  return (
    <div className="standing">
      <span className="row">
        <StatusChip status={status} />
        {eta_s !== null && <span className="small t2">{duration(eta_s * 1000)} left</span>}
      </span>
      <ProgressBar progress={progress} running={status === "running"} />
      <span className="small t2">{headline(progress)}</span>
    </div>
  );
}

function Versions({ versions }: Experiment) {
  return (
    <>
      <span className="row wrap">
        {versions.slice(0, 4).map((version) => (
          <VersionChip key={`${version.number} ${version.model}`} number={version.number} />
        ))}
        {versions.length > 4 && <Chip>{versions.length - 4} more</Chip>}
      </span>
      <span className="small t3 under">{[...new Set(versions.map((version) => version.model))].join(", ")}</span>
    </>
  );
}

function Judged({ status, verdict, difference, regressed }: Experiment) {
  if (!isFinal(status) && difference === null) return <span className="t3">at the end</span>;
  return (
    <>
      {verdict && <VerdictBadge ruling={verdict} small />}
      <span className="under">
        <DeltaValue value={difference?.value} interval={difference?.interval} n={difference?.n} lowerIsBetter={difference?.direction === "lower"} />
      </span>
      {regressed !== null && <span className="small t3 under">{plural(regressed, "example")} got worse</span>}
    </>
  );
}

function Spent({ cost_usd, max_cost_usd, p95_ms }: Experiment) {
  return (
    <>
      {money(cost_usd)}
      {max_cost_usd !== null && <span className="small t3 under">of {money(max_cost_usd)}</span>}
      {p95_ms !== null && <span className="small t3 under">p95 {duration(p95_ms)}</span>}
    </>
  );
}

function Started({ trigger, git, created_by, created_at }: Experiment) {
  return (
    <>
      <Time className="nowrap" at={created_at} />
      <span className="small t3 under nowrap">
        {trigger} · {created_by}
      </span>
      {git && (git.pr !== null || git.sha) && (
        <span className="small t3 under">
          {git.pr !== null && `pull request ${git.pr} `}
          {git.sha && <code>{git.sha.slice(0, 7)}</code>}
        </span>
      )}
    </>
  );
}

/** All but the box and the name, which always stand first. */
export const EXPERIMENT_COLUMNS: readonly Column<Experiment>[] = [
  { key: "status", name: "Status", cell: (experiment) => <Standing {...experiment} /> },
  { key: "versions", name: "Versions and model", cell: (experiment) => <Versions {...experiment} /> },
  {
    key: "score",
    name: "Score, 95 % CI",
    isNumber: true,
    cell: ({ versions, candidate_arm, status }) => (
      <ScoreValue estimate={versions[candidate_arm ?? newestOf(versions)]?.mean} missing={isFinal(status) ? "not judged" : "at the end"} />
    ),
  },
  { key: "verdict", name: "Verdict, Δ vs baseline", cell: (experiment) => <Judged {...experiment} /> },
  { key: "cost", name: "Cost, latency", isNumber: true, cell: (experiment) => <Spent {...experiment} /> },
  { key: "started", name: "Started", className: "t2", cell: (experiment) => <Started {...experiment} /> },
  {
    key: "judge",
    name: "Judge",
    isExtra: true,
    cell: ({ primary_evaluator, judge_model }) => (
      <>
        {primary_evaluator}
        <span className="small t3 under">{judge_model}</span>
      </>
    ),
  },
  { key: "examples", name: "Examples", isNumber: true, isExtra: true, cell: ({ examples }) => count(examples) },
  { key: "errors", name: "Not scored", isNumber: true, isExtra: true, cell: ({ progress }) => count(unscored(progress)) },
];
