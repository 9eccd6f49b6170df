import { Link } from "@tanstack/react-router";
import { ButtonLink } from "@/components/ui/link";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { decimal, difference, duration, money, plural } from "@/lib/format";
import type { Diff, Prompt } from "./api";
import { type Shown, listed } from "./use-versions";

const signed = (words: string, value: number) => (value > 0 ? `+${words}` : value < 0 ? `\u2212${words}` : words);
const wait = (ms: number) => signed(duration(Math.abs(ms)), Math.round(ms));

interface DiffEffectProps {
  prompt: Prompt;
  diff: Diff;
  from: Shown;
  to: Shown;
}

/** What finished experiments say the change did. */
export function DiffEffect({ prompt, diff: { effect }, from, to }: DiffEffectProps) {
  const numbers = { prompt: prompt.name, versions: [String(from.number), String(to.number)], baseline: String(from.number) };
  const verdict = listed(to)?.verdict;
  const isSame = verdict?.baseline_number === from.number && verdict.experiment_id === effect?.experiment_id;
  // the effect does not say its n: that of the verdict or the score is it if they come from the same experiment
  const score = listed(to)?.last_score;
  const n = isSame ? verdict.n : score?.experiment_id === effect?.experiment_id ? score?.n : undefined;
  return (
    <aside className="panel sticky" aria-labelledby="effect">
      <div className="panel__head">
        <h2 id="effect">Effect of this change</h2>
        {effect && (
          <Link className="push small" to="/compare" search={{ base: from.id, with: [to.id] }}>
            Compare case by case
          </Link>
        )}
      </div>
      <div className="panel__body stack">
        {verdict && isSame && (
          <span>
            <VerdictBadge ruling={verdict.ruling} />
          </span>
        )}
        {!effect && <p className="t2">No finished experiment has both versions. One on the golden examples says what the change did.</p>}
        {effect && (
          <>
            <dl className="kv">
              <dt>Score</dt>
              <dd>
                {effect.score ? (
                  <>
                    {decimal(effect.score.before)} → {decimal(effect.score.after)}
                    <br />
                    <DeltaValue value={effect.score.difference} interval={effect.score.interval} n={n} />
                  </>
                ) : (
                  <span className="t3">not compared</span>
                )}
              </dd>
              <dt>Cost</dt>
              <dd>
                {effect.cost ? (
                  <>
                    {money(effect.cost.before)} → {money(effect.cost.after)} <span className="n">for all cases</span>
                  </>
                ) : (
                  <span className="t3">price unknown</span>
                )}
              </dd>
              <dt>Latency</dt>
              <dd>
                {effect.latency ? (
                  <>
                    {duration(effect.latency.before)} → {duration(effect.latency.after)} <span className="n">median</span>
                    <br />
                    <DeltaValue value={effect.latency.difference} interval={effect.latency.interval} lowerIsBetter format={wait} />
                  </>
                ) : (
                  <span className="t3">not measured</span>
                )}
              </dd>
            </dl>
            {effect.regressed !== null && (
              <p>
                <Link to="/compare" search={{ base: from.id, with: [to.id], only: "regressed" }}>
                  {plural(effect.regressed, "case")} got worse
                </Link>
              </p>
            )}
            {effect.score && !effect.score.interval && <p className="small t3">No interval: the runs are too few to tell {difference(effect.score.difference)} from chance.</p>}
          </>
        )}
      </div>
      <div className="panel__foot">
        {effect ? (
          <Link to="/experiments/$experimentId" params={{ experimentId: effect.experiment_id }}>
            The experiment behind these figures
          </Link>
        ) : (
          <ButtonLink small kind="primary" to="/experiments/new" search={numbers}>
            Run both on the examples
          </ButtonLink>
        )}
      </div>
    </aside>
  );
}
