import { clsx } from "clsx";
import { Info } from "lucide-react";
import { Link } from "@tanstack/react-router";
import type { ForestRow } from "@/components/charts/chart-types";
import { ChartFrame } from "@/components/charts/chart-frame";
import { ForestPlot } from "@/components/charts/forest-plot";
import { forestTable } from "@/components/charts/forest-text";
import { Skeleton } from "@/components/layout/states";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { VerdictCard } from "@/features/verdicts/verdict-card";
import { toneOf } from "@/features/verdicts/words";
import { count, difference, plural } from "@/lib/format";
import { hasEnded } from "./api";
import { PromptChange } from "./prompt-change";
import { named, together } from "./sides";
import type { Compared } from "./use-comparison";
import type { PairVerdict } from "./use-verdicts";

interface VerdictSectionProps {
  compared: Compared;
  verdicts: readonly (PairVerdict | undefined)[];
  isLoading: boolean;
}

/** What happened, how sure, which change did it. */
export function VerdictSection({ compared, verdicts, isLoading }: VerdictSectionProps) {
  const [candidate] = compared.candidates;
  const [first] = verdicts;
  if (isLoading && verdicts.every((verdict) => verdict === undefined)) {
    return (
      <div className="panel verdict-wait">
        <Skeleton rows={5} label="Loading the verdict" />
      </div>
    );
  }
  if (compared.candidates.length === 1 && first?.full && candidate) {
    return (
      <VerdictCard
        verdict={first.full}
        cause={<PromptChange baseline={compared.baseline} candidate={candidate} promptName={compared.table.prompt.name} verdict={first.full} />}
      />
    );
  }
  return <ShortVerdicts compared={compared} verdicts={verdicts} />;
}

/** One line of verdict for each candidate, on one axis; no ranking. */
function ShortVerdicts({ compared, verdicts }: Omit<VerdictSectionProps, "isLoading">) {
  const { candidates, names, baseline, table } = compared;
  const [candidate] = candidates;
  const rows = verdicts.flatMap((verdict, index): ForestRow[] => (verdict && verdict.difference !== null ? [rowOf(verdict, names[index + 1] ?? "")] : []));
  const worst = verdicts.find((verdict) => verdict?.ruling === "regression") ?? verdicts[0];
  const plot = {
    title: `Paired difference in ${table.metric}`,
    rows,
    format: difference,
    captions: [`worse than ${names[0]}`, "better"] as const,
    lowerIsBetter: worst?.lowerIsBetter ?? false,
    unit: "Δ, 95 % CI, n",
  };
  const cause = candidates.length === 1 && candidate;
  const inOneRun = candidates.every((other) => other.experiment_id === baseline.experiment_id);
  const cells = 1 + Number(rows.length > 0) + Number(Boolean(cause));
  return (
    <section className={clsx("verdict-card", `verdict-card--${toneOf(worst?.ruling ?? null)}`)} aria-label="Verdicts">
      <div className={clsx("verdict-card__body", cells === 3 && "verdict-card__body--three", cells === 2 && "verdict-card__body--two")}>
        <div className="verdict-card__cell">
          <h2 className="sr">Verdicts</h2>
          {candidates.map((_, index) => (
            <ShortVerdict key={index} compared={compared} index={index} verdict={verdicts[index]} />
          ))}
        </div>
        {rows.length > 0 && (
          <div className="verdict-card__cell">
            <ChartFrame variant="plain" title={`How sure: ${plot.title.toLowerCase()}`} table={forestTable(plot)} toggle="foot">
              <ForestPlot {...plot} />
            </ChartFrame>
            {candidates.length > 1 && (
              <p className="small t2">
                Not a ranking: each is held against {names[0]}
                {inOneRun && ", and the tests share one α (Holm)"}.
              </p>
            )}
          </div>
        )}
        {cause && (
          <div className="verdict-card__cell">
            <PromptChange baseline={baseline} candidate={cause} promptName={table.prompt.name} />
          </div>
        )}
      </div>
      <div className="verdict-card__foot">
        <span className="row">
          <Info className="icon" aria-hidden="true" />
          <span>
            {table.counts.error === 0
              ? `Compared on all ${plural(compared.cases.all.length, "case")}.`
              : `${plural(compared.cases.all.length, "case")}; ${count(table.counts.error)} lack a score and are not counted.`}
          </span>
        </span>
      </div>
    </section>
  );
}

function rowOf(verdict: PairVerdict, label: string): ForestRow {
  const tone = toneOf(verdict.ruling);
  return {
    id: label,
    label,
    value: verdict.difference,
    interval: verdict.interval,
    tone: tone === "regression" || tone === "pass" ? tone : "neutral",
    strong: true,
    final: true,
    n: verdict.nPairs,
  };
}

interface ShortVerdictProps {
  compared: Compared;
  index: number;
  verdict: PairVerdict | undefined;
}

function ShortVerdict({ compared, index, verdict }: ShortVerdictProps) {
  const { baseline, candidates, names } = compared;
  const candidate = candidates[index];
  const name = names[index + 1] ?? "";
  const running = [
    ...(hasEnded(baseline) ? [] : [names[0] ?? ""]),
    ...(candidate && !hasEnded(candidate) ? [name] : []),
  ];
  const isRunning = running.length > 0;
  if (!verdict) {
    return (
      <div className="verdict-short">
        {isRunning && <VerdictBadge ruling={null} />}
        <p className="verdict-card__say">{isRunning ? `${together(running)} ${running.length > 1 ? "are" : "is"} still running.` : `There is no verdict on exactly these runs of ${name} and ${names[0]}.`}</p>
        <p className="small t2">
          {isRunning
            ? "The verdict comes when every case has ended; the cases below are there already."
            : "The cases below are compared one by one. For a verdict, run both versions in one experiment."}
        </p>
      </div>
    );
  }
  const isAnswer = verdict.ruling === "pass" || verdict.ruling === "regression"; // else the sentence says why not
  return (
    <div className="verdict-short">
      <VerdictBadge ruling={verdict.ruling} />
      <p className="verdict-card__say">{verdict.headline}</p>
      {!isAnswer && <p className="small t2">{verdict.sentence}</p>}
      <p className="small t2">
        Δ <DeltaValue value={verdict.difference} interval={verdict.interval} n={verdict.nPairs} lowerIsBetter={verdict.lowerIsBetter} />
        {`; ${verdict.losses} worse, ${verdict.wins} better, ${verdict.ties} same. `}
        {candidates.length > 1 && candidate && (
          <Link to="/compare" search={{ base: named(baseline), with: [named(candidate)] }}>
            Compare these two
          </Link>
        )}
      </p>
    </div>
  );
}
