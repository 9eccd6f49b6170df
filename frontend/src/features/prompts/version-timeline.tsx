import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { LabelChip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import { useRowKeys } from "@/features/lists/use-row-keys";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import type { Prompt, Version } from "./api";
import { useVersions } from "./use-versions";

export const scoreOf = ({ last_score }: Version) =>
  last_score && { value: last_score.mean, interval: last_score.interval, n: last_score.n };

function VersionEntry({ prompt, version, isShown }: { prompt: Prompt; version: Version; isShown: boolean }) {
  const { number, labels, verdict, message, created_by, created_at, is_active } = version;
  return (
    <li aria-current={isShown || undefined} data-live={is_active || undefined}>
      <Link to="/prompts/$" params={{ _splat: prompt.name }} search={{ v: number }} data-row>
        <span className="row wrap">
          <b>v{number}</b>
          {labels.map((label) => (
            <LabelChip key={label} name={label} />
          ))}
          {verdict && <VerdictBadge ruling={verdict.ruling} small />}
          <Time className="push small t3" at={created_at} />
        </span>
        <p>{message || <span className="t3">no message</span>}</p>
        <p className="small t2">{created_by}</p>
        {version.last_score && (
          <p className="small t2">
            <ScoreValue estimate={scoreOf(version)} />
          </p>
        )}
        {verdict && verdict.difference !== null && (
          <p className="small t2">
            <DeltaValue value={verdict.difference} interval={verdict.interval} n={verdict.n} lowerIsBetter={verdict.direction === "lower"} /> to v{verdict.baseline_number}
          </p>
        )}
      </Link>
    </li>
  );
}

interface VersionTimelineProps {
  prompt: Prompt;
  /** The version beside the list. */
  shown: number | undefined;
}

/** Newest first; older pages come when asked for. */
export function VersionTimeline({ prompt, shown }: VersionTimelineProps) {
  const list = useRef<HTMLOListElement>(null);
  const { query, items, total } = useVersions(prompt.id);
  const [typed, setTyped] = useState("");
  useRowKeys(list);
  const wanted = typed.trim().toLowerCase();
  const found = items.filter(({ number, message, created_by }) => `v${number} ${message} ${created_by}`.toLowerCase().includes(wanted));
  return (
    <Panel
      title="Versions"
      flush
      tools={
        total > 6 && (
          <input className="input input--small" type="search" aria-label="Search versions" placeholder="Search" value={typed} onChange={(event) => setTyped(event.target.value)} />
        )
      }
      foot={
        query.hasNextPage && (
          <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older versions, {total - items.length} more
          </Button>
        )
      }
    >
      <ol className="timeline" ref={list} reversed start={found[0]?.number}>
        {found.map((version) => (
          <VersionEntry key={version.id} prompt={prompt} version={version} isShown={version.number === shown} />
        ))}
      </ol>
      {found.length === 0 && <p className="panel__body small t2">{wanted ? "No version on this page says that." : "No version is saved yet."}</p>}
    </Panel>
  );
}
