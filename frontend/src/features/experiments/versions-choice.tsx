import { Panel } from "@/components/layout/panel";
import { LabelChip } from "@/components/ui/chip";
import { ScoreValue } from "@/features/verdicts/score-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { plural } from "@/lib/format";
import { Choice, Complaint, toggled } from "./choice";
import type { Version } from "./plan-api";
import type { Chosen } from "./plan-form";
import type { Complaints } from "./use-plan";

interface VersionsChoiceProps {
  versions: readonly Version[];
  chosen: Chosen;
  complaints: Complaints["at"];
  onChange: (chosen: Chosen) => void;
}

const names = (version: Version): readonly string[] => [String(version.number), version.id, ...version.labels];

export function VersionsChoice({ versions, chosen, complaints, onChange }: VersionsChoiceProps) {
  const sorted = versions.toSorted((one, other) => other.number - one.number);
  const isIn = (version: Version) => chosen.versions.some((wanted) => names(version).includes(wanted));
  const base = sorted.find((version) => chosen.baseline !== undefined && names(version).includes(chosen.baseline));
  const candidates = sorted.filter((version) => isIn(version) && version !== base);
  const choose = (version: Version, isChosen: boolean) => {
    const isLast = !isChosen && sorted.filter(isIn).length === 1;
    if (isLast) return;
    const without = chosen.versions.filter((wanted) => !names(version).includes(wanted));
    onChange({
      versions: toggled(without, String(version.number), isChosen),
      baseline: base === version && !isChosen ? undefined : chosen.baseline,
    });
  };
  const compareWith = (number: string) =>
    onChange({
      versions: number === "" || chosen.versions.includes(number) ? chosen.versions : [...chosen.versions, number],
      baseline: number === "" ? undefined : number,
    });
  return (
    <Panel
      title="Versions"
      beside={<span className="n">{plural(candidates.length, "candidate")}</span>}
      tools={
        <label className="row small t2">
          Baseline
          <select className="input input--small" value={base ? String(base.number) : ""} onChange={(event) => compareWith(event.target.value)}>
            <option value="">the server's choice</option>
            {sorted.map((version) => (
              <option key={version.id} value={version.number}>
                v{version.number}
                {version.labels.length > 0 && ` (${version.labels.join(", ")})`}
              </option>
            ))}
          </select>
        </label>
      }
      flush
    >
      <div className="choices choices--scroll" role="group" aria-label="Versions">
        {sorted.map((version) => (
          <Choice
            key={version.id}
            checked={isIn(version)}
            label={`Version ${version.number}`}
            onChange={(isChosen) => choose(version, isChosen)}
            beside={
              <ScoreValue
                estimate={version.last_score && { value: version.last_score.mean, interval: version.last_score.interval, n: version.last_score.n }}
              />
            }
          >
            <b>v{version.number}</b>
            {version.labels.map((label) => (
              <LabelChip key={label} name={label} />
            ))}
            {version === base && <span className="chip">baseline</span>}
            {version.verdict && <VerdictBadge ruling={version.verdict.ruling} small />}
            <span className="t2">{version.message}</span>
          </Choice>
        ))}
      </div>
      <Complaint text={complaints.versions ?? complaints.baseline} />
    </Panel>
  );
}
