import { Link } from "@tanstack/react-router";
import { Chip, VersionChip } from "@/components/ui/chip";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { MISSING, ago, count, duration, moment, money } from "@/lib/format";
import type { Experiment } from "./api";
import { headline } from "./progress";
import { ProgressBar } from "./run-progress";
import { StatusChip } from "./status-chip";
import { isFinal } from "./words";

const none = (words: string) => (
  <span className="t3">
    {MISSING}
    <span className="sr">{words}</span>
  </span>
);

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

function Trigger({ experiment: { trigger, git, created_by } }: { experiment: Experiment }) {
  return (
    <span className="small t2">
      {trigger} · {created_by}
      {git && (git.pr !== null || git.sha) && (
        <span className="under">
          {git.pr !== null && `pull request ${git.pr} `}
          {git.sha && <code>{git.sha.slice(0, 7)}</code>}
        </span>
      )}
    </span>
  );
}

interface ListRowProps {
  experiment: Experiment;
  isCurrent: boolean;
  isChosen: boolean;
  onChoose: (chosen: boolean) => void;
}

export function ListRow({ experiment, isCurrent, isChosen, onChoose }: ListRowProps) {
  const { id, name, prompt_name, versions, verdict, difference, regressed, p95_ms, cost_usd, max_cost_usd, created_at } = experiment;
  const lead = versions.at(-1);
  return (
    <tr aria-selected={isChosen} data-row={id}>
      <td>
        <label className="check">
          <input type="checkbox" checked={isChosen} onChange={(event) => onChoose(event.target.checked)} />
          <span className="sr">Choose {name}</span>
        </label>
      </td>
      <th scope="row" className="row-head">
        <Link to="/experiments/$experimentId" params={{ experimentId: id }} data-current={isCurrent || undefined}>
          {name}
        </Link>
        <span className="small t3 under">{prompt_name}</span>
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
      <td>{verdict ? <VerdictBadge ruling={verdict} small /> : none("no verdict")}</td>
      <td className="num">
        <ScoreValue estimate={lead?.mean} missing={isFinal(experiment.status) ? "not judged" : "at the end"} />
      </td>
      <td className="num">
        <DeltaValue value={difference?.value} interval={difference?.interval} n={difference?.n} />
      </td>
      <td className="num">{regressed === null ? none("not compared") : count(regressed)}</td>
      <td className="num">
        {money(cost_usd)}
        {max_cost_usd !== null && <span className="small t3 under">of {money(max_cost_usd)}</span>}
      </td>
      <td className="num">{p95_ms === null ? none("not measured") : duration(p95_ms)}</td>
      <td>
        <Trigger experiment={experiment} />
      </td>
      <td className="nowrap t2">
        <time dateTime={created_at} title={moment(created_at)}>
          {ago(created_at)}
        </time>
      </td>
    </tr>
  );
}
