import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import type { Prompt } from "./api";
import { type Shown, listed } from "./use-versions";

/** Whether the version may replace the one it was measured against: the newest stored verdict. */
export function StandingPanel({ prompt, version }: { prompt: Prompt; version: Shown }) {
  const held = prompt.production?.number;
  const verdict = listed(version)?.verdict ?? null;
  if (version.number === held && !verdict) return null;
  const against = verdict?.baseline_number ?? held ?? version.parent_number;
  if (against === null || against === version.number) return null;
  return (
    <Panel title={against === held ? `May v${version.number} replace v${against}?` : `v${version.number} against v${against}`}>
      <div className="stack">
        <VerdictBadge ruling={verdict?.ruling ?? null} small />
        {verdict ? (
          <>
            <p className="small t2">
              Δ <DeltaValue value={verdict.difference} interval={verdict.interval} n={verdict.n} lowerIsBetter={verdict.direction === "lower"} missing="no difference is drawn" />
            </p>
            <Link className="small" to="/experiments/$experimentId" params={{ experimentId: verdict.experiment_id }}>
              See the experiment
            </Link>
          </>
        ) : (
          <>
            <p className="small t2">An experiment with both versions on the golden examples says whether it got worse.</p>
            <Link className="small" to="/experiments/new" search={{ prompt: prompt.name, versions: [String(against), String(version.number)], baseline: String(against) }}>
              Compare v{version.number} with v{against}
            </Link>
          </>
        )}
      </div>
    </Panel>
  );
}
