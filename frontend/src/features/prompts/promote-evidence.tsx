import { ForestPlot } from "@/components/charts/forest-plot";
import { ButtonLink } from "@/components/ui/link";
import { policyWords } from "@/features/gates/settings-policy-words";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { forestRows } from "@/features/verdicts/verdict-rows";
import { toneOf } from "@/features/verdicts/words";
import { difference } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { Prompt } from "./api";
import { CheckList } from "./check-list";
import { type Refusal, checksOf } from "./gate-refusal";
import { type Shown, listed } from "./use-versions";

interface BeforeProps {
  gate: Schemas["GateSummary"] | undefined;
  label: string;
  version: Shown;
  holder: number | undefined;
}

/** What is known before anybody asks: the gate's rules and the newest stored verdict. */
export function PromoteBefore({ gate, label, version, holder }: BeforeProps) {
  const verdict = listed(version)?.verdict;
  const compared = verdict?.baseline_number === holder ? verdict : null;
  return (
    <section className="sheet__section">
      {holder !== undefined && (
        <>
          <VerdictBadge ruling={compared?.ruling ?? null} />
          <p className="t2">
            {compared ? (
              <>
                v{version.number} against v{holder}: Δ <DeltaValue value={compared.difference} interval={compared.interval} n={compared.n} missing="no difference is drawn" />
              </>
            ) : (
              `No stored verdict compares v${version.number} with v${holder}.`
            )}
          </p>
        </>
      )}
      {gate ? (
        <>
          <h3>
            The gate {gate.name} protects {label}
          </h3>
          <ul className="stack small t2">
            {policyWords(gate.policy).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      ) : (
        <p className="t2">No gate protects {label}: it moves at once, and can be moved back.</p>
      )}
    </section>
  );
}

interface RefusedProps {
  prompt: Prompt;
  refusal: Refusal;
  version: Shown;
  holder: number | undefined;
}

/** The sentence, its proof, what fails, and what would settle it. */
export function PromoteRefused({ prompt, refusal: { verdict, sentence, isFirst }, version, holder }: RefusedProps) {
  const rows = verdict && toneOf(verdict.verdict) !== "invalid" ? forestRows(verdict) : [];
  const margin = verdict?.metrics[0]?.margin;
  // the refusal repeats the verdict before it says what to do
  const advice = verdict && (verdict.settle?.sentence ?? sentence.split(verdict.sentence).at(-1)?.trim());
  const versions = [...(holder === undefined ? [] : [String(holder)]), String(version.number)];
  return (
    <>
      <section className="sheet__section" aria-labelledby="refused">
        {!isFirst && (
          <h3 id="refused">
            <VerdictBadge ruling={verdict?.verdict ?? null} />
          </h3>
        )}
        <p className="verdict-card__say" role="alert">
          {verdict ? `The gate refuses: ${verdict.sentence}` : sentence}
        </p>
        {rows.length > 0 && (
          <ForestPlot
            title="Paired difference"
            rows={rows}
            format={difference}
            captions={[`v${version.number} worse`, "better"]}
            unit="Δ, 95 % CI, n"
            {...(margin !== null && margin !== undefined && { margin })}
          />
        )}
        {verdict && <CheckList checks={checksOf(verdict)} />}
      </section>
      <section className="sheet__section">
        <h3>What would settle it</h3>
        {advice && <p className="t2">{advice}</p>}
        <div className="row wrap">
          {holder !== undefined && (
            <ButtonLink small to="/experiments/new" search={{ prompt: prompt.name, versions, baseline: String(holder) }}>
              Run an experiment with both
            </ButtonLink>
          )}
          <ButtonLink small to="/playground" search={{ prompt: prompt.name, v: version.number }}>
            Repair it in the playground
          </ButtonLink>
          {verdict && (
            <ButtonLink small to="/compare" search={{ base: verdict.baseline.version_id, with: [version.id], only: "regressed" }}>
              See what broke
            </ButtonLink>
          )}
        </div>
      </section>
    </>
  );
}
