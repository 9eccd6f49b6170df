import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ForestPlot } from "@/components/charts/forest-plot";
import { ButtonLink } from "@/components/ui/link";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { type Verdict, forestRows, sidesOf } from "@/features/verdicts/verdict-rows";
import { toneOf } from "@/features/verdicts/words";
import { decimal, difference, duration, money, plural } from "@/lib/format";
import { type Diff, type Prompt, verdictOptions } from "./api";

const signed = (words: string, value: number) => (value > 0 ? `+${words}` : value < 0 ? `\u2212${words}` : words);
const wait = (ms: number) => signed(duration(Math.abs(ms)), Math.round(ms));

const CASES = 3;

/** The sentence and the picture of its interval. */
function Said({ verdict }: { verdict: Verdict }) {
  const rows = toneOf(verdict.verdict) === "invalid" ? [] : forestRows(verdict).slice(0, 1 + CASES);
  return (
    <>
      <VerdictBadge ruling={verdict.verdict} />
      <p className="strong">{verdict.headline}</p>
      {rows.length > 0 && (
        <ForestPlot
          title="Effect of the change"
          rows={rows}
          format={difference}
          captions={["worse", "better"]}
          unit="Δ, 95 % CI, n"
          {...sidesOf(verdict)}
        />
      )}
    </>
  );
}

/** The cases that lost most, each a way into the comparison. */
function WorstCases({ verdict, base, candidate }: { verdict: Verdict; base: string; candidate: string }) {
  const { worst_drops } = verdict.changes;
  if (worst_drops.length === 0) return null;
  return (
    <ol className="stack small">
      {worst_drops.slice(0, CASES).map(({ position, example_id, baseline, candidate: now, tags }) => (
        <li key={example_id} className="row">
          <Link className="grow cut" to="/compare" search={{ base, with: [candidate], case: example_id }}>
            Case {position + 1}
            {tags.length > 0 && `, ${tags.join(", ")}`}
          </Link>
          {baseline !== null && now !== null && <DeltaValue value={now - baseline} isFact />}
        </li>
      ))}
    </ol>
  );
}

interface DiffEffectProps {
  prompt: Prompt;
  diff: Diff;
}

/** What finished experiments say the change did. */
export function DiffEffect({ prompt, diff: { effect, from, to } }: DiffEffectProps) {
  const numbers = { prompt: prompt.name, versions: [String(from.number), String(to.number)], baseline: String(from.number) };
  const { data: verdict, isPending, error } = useQuery({ ...verdictOptions(from.id, to.id), enabled: effect !== null });
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
        {verdict && <Said verdict={verdict} />}
        {!effect && <p className="t2">No finished experiment has both versions. One on the golden examples says what the change did.</p>}
        {effect && (
          <>
            <dl className="kv">
              <dt>Score</dt>
              <dd>
                {effect.score ? (
                  <>
                    {decimal(effect.score.before)} → {decimal(effect.score.after)}
                    {!verdict && (
                      <>
                        <br />
                        <DeltaValue value={effect.score.difference} interval={effect.score.interval} />
                      </>
                    )}
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
                    {Math.round(effect.latency.difference) !== 0 && (
                      <>
                        <br />
                        <DeltaValue value={effect.latency.difference} interval={effect.latency.interval} lowerIsBetter format={wait} />
                      </>
                    )}
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
            {verdict && <WorstCases verdict={verdict} base={from.id} candidate={to.id} />}
            {!isPending && !verdict && effect.score && !effect.score.interval && (
              <p className="small t3">{error ? "The verdict could not be loaded." : "The two were not held against each other; no interval is known."}</p>
            )}
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
