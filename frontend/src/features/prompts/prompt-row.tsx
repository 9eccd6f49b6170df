import { Link } from "@tanstack/react-router";
import { Chip, VersionChip } from "@/components/ui/chip";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { MISSING, ago, count, moment, money, plural } from "@/lib/format";
import type { Prompt } from "./api";

function Missing({ said }: { said: string }) {
  return (
    <span className="t3">
      <span aria-hidden="true">{MISSING}</span>
      <span className="sr">{said}</span>
    </span>
  );
}

/** What serves and what is newest; how far the first is behind. */
function Standing({ production, latest_version }: Prompt) {
  if (!latest_version) return <span className="t3">no version yet</span>;
  const ahead = production ? latest_version.number - production.number : 0;
  return (
    <span className="row nowrap">
      {production ? <VersionChip number={production.number} /> : <span className="t3">none</span>}
      {(ahead > 0 || !production) && (
        <>
          <span className="t3" aria-hidden="true">
            →
          </span>
          <VersionChip number={latest_version.number} />
        </>
      )}
      {ahead > 0 && <span className="small t3">{ahead} ahead</span>}
    </span>
  );
}

interface PromptRowProps {
  prompt: Prompt;
  folder: string;
  isSelected: boolean;
  /** Left out for somebody who may not change prompts. */
  onSelect?: (selected: boolean) => void;
}

export function PromptRow({ prompt, folder, isSelected, onSelect }: PromptRowProps) {
  const { name, score, change, golden_count, runs_7d, cases_7d, cost_7d, tags, updated_at, owner } = prompt;
  return (
    <tr aria-selected={onSelect ? isSelected : undefined}>
      {onSelect && (
        <td>
          <label className="check">
            <input type="checkbox" checked={isSelected} aria-label={`Select ${name}`} onChange={(event) => onSelect(event.target.checked)} />
          </label>
        </td>
      )}
      <th scope="row" className="row-head">
        <Link to="/prompts/$" params={{ _splat: name }} data-row>
          {name.startsWith(folder) ? name.slice(folder.length) : name}
        </Link>
      </th>
      <td>
        <Standing {...prompt} />
      </td>
      <td>
        <ScoreValue estimate={score} missing="not scored" />
      </td>
      <td>{change ? <DeltaValue value={change.value} interval={change.interval} n={change.n} /> : <Missing said="not compared" />}</td>
      <td className="num">{count(golden_count)}</td>
      <td className="num">
        {count(runs_7d)} {cases_7d > 0 && <span className="n">+ {plural(cases_7d, "case")}</span>}
      </td>
      <td className="num">{runs_7d + cases_7d === 0 ? <Missing said="nothing was asked" /> : money(cost_7d)}</td>
      <td>
        <span className="row">
          {tags.map((tag) => (
            <Chip key={tag} kind="tag">
              {tag}
            </Chip>
          ))}
        </span>
      </td>
      <td className="nowrap small t2">
        <time dateTime={updated_at} title={moment(updated_at)}>
          {ago(updated_at)}
        </time>{" "}
        · {owner}
      </td>
    </tr>
  );
}
