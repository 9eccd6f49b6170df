import { Link } from "@tanstack/react-router";
import { Chip, VersionChip } from "@/components/ui/chip";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { ago, duration, moment, money, plural } from "@/lib/format";
import type { Experiment } from "./api";
import { newestOf } from "./compare-link";
import { headline } from "./progress";
import { ProgressBar } from "./run-progress";
import { StatusChip } from "./status-chip";
import { isFinal } from "./words";

function Standing({ experiment }: { experiment: Experiment }) {
  const { status, progress, eta_s } = experiment;
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

function Started({ experiment: { trigger, git, created_by, created_at } }: { experiment: Experiment }) {
  return (
    <>
      <time className="nowrap" dateTime={created_at} title={moment(created_at)}>
        {ago(created_at)}
      </time>
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

function Judged({ experiment: { status, verdict, difference, regressed } }: { experiment: Experiment }) {
  if (!isFinal(status) && difference === null) return <span className="t3">at the end</span>;
  return (
    <>
      {verdict && <VerdictBadge ruling={verdict} small />}
      <span className="under">
        <DeltaValue value={difference?.value} interval={difference?.interval} n={difference?.n} />
      </span>
      {regressed !== null && <span className="small t3 under">{plural(regressed, "example")} got worse</span>}
    </>
  );
}

interface ListRowProps {
  experiment: Experiment;
  isChosen: boolean;
  onChoose: (chosen: boolean) => void;
}

export function ListRow({ experiment, isChosen, onChoose }: ListRowProps) {
  const { id, name, prompt_name, versions, p95_ms, cost_usd, max_cost_usd } = experiment;
  const lead = versions[newestOf(versions)];
  return (
    <tr aria-selected={isChosen} data-row={id}>
      <td>
        <span className="check">
          <input type="checkbox" aria-label={`Choose ${name}`} checked={isChosen} onChange={(event) => onChoose(event.target.checked)} />
        </span>
      </td>
      <th scope="row" className="row-head">
        <Link to="/experiments/$experimentId" params={{ experimentId: id }}>
          {name}
        </Link>
        <span className="small t3 under">{prompt_name}</span>
        {experiment.verdict && (
          <span className="show-narrow" aria-hidden="true">
            <VerdictBadge ruling={experiment.verdict} small />
          </span>
        )}
      </th>
      <td>
        <Standing experiment={experiment} />
      </td>
      <td>
        <span className="row wrap">
          {versions.slice(0, 4).map((version) => (
            <VersionChip key={`${version.number} ${version.model}`} number={version.number} />
          ))}
          {versions.length > 4 && <Chip>{versions.length - 4} more</Chip>}
        </span>
        <span className="small t3 under">{[...new Set(versions.map((version) => version.model))].join(", ")}</span>
      </td>
      <td className="num">
        <ScoreValue estimate={lead?.mean} missing={isFinal(experiment.status) ? "not judged" : "at the end"} />
      </td>
      <td>
        <Judged experiment={experiment} />
      </td>
      <td className="num">
        {money(cost_usd)}
        {max_cost_usd !== null && <span className="small t3 under">of {money(max_cost_usd)}</span>}
        {p95_ms !== null && <span className="small t3 under">p95 {duration(p95_ms)}</span>}
      </td>
      <td className="t2">
        <Started experiment={experiment} />
      </td>
    </tr>
  );
}
