import { useDeferredValue, useMemo, useState } from "react";
import { Kbd } from "@/components/ui/kbd";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/layout/states";
import { Notice } from "@/components/ui/notice";
import { useShortcuts } from "@/lib/shortcuts";
import { count, plural } from "@/lib/format";
import { CaseChips, CaseTools } from "./case-filters";
import { Means } from "./case-heads";
import { CasesTable } from "./cases-table";
import { type Case, defaultOnly, isBroken, onlyOf, selectCases } from "./cases";
import type { Choices, Choose, Only } from "./choices";
import type { Compared } from "./use-comparison";
import type { PairVerdict } from "./use-verdicts";

/** What the address asks for; where it does not say, what broke. */
export function useShownCases(compared: Compared, choices: Choices): { shown: readonly Case[]; only: Only } {
  const { cases } = compared;
  const q = useDeferredValue(choices.q);
  const { sort = "delta", tag } = choices;
  const only = useMemo(() => onlyOf(cases, choices.only), [cases, choices.only]);
  const shown = useMemo(() => selectCases(cases, { only, sort, tag, q }), [cases, only, sort, tag, q]);
  return { shown, only };
}

interface CasePanelProps {
  compared: Compared;
  verdicts: readonly (PairVerdict | undefined)[];
  shown: readonly Case[];
  only: Only;
  choices: Choices;
  choose: Choose;
  openId: string | undefined;
}

export function CasePanel({ compared, verdicts, shown, only, choices, choose, openId }: CasePanelProps) {
  const [words, setWords] = useState(choices.q ?? "");
  const { counts } = compared.table;
  const broke = compared.candidates.length > 1 ? "any" : "regressed";
  const isNothingBroken = counts.regressed === 0 && defaultOnly(compared.cases) === "all";
  useShortcuts({ r: () => choose({ only: only === broke ? "all" : broke, case: undefined }) });
  const common = compared.cases.all.length - counts.only_one;
  return (
    <section className="panel" aria-labelledby="cases">
      <div className="panel__head">
        <h2 id="cases">Cases</h2>
        <CaseChips compared={compared} only={only} choose={choose} />
      </div>
      <CaseTools compared={compared} choices={choices} choose={choose} metrics={metricsOf(compared, verdicts[0])} words={words} onWords={setWords} />
      {isNothingBroken && (choices.only === undefined || isBroken(choices.only)) && (
        <div className="panel__body">
          <Notice>{nothingBroke(compared)}</Notice>
        </div>
      )}
      {counts.only_one > 0 && (
        <div className="panel__body">
          <Notice>
            The two sets differ: compared on {plural(common, "common case")}; {count(counts.only_one)} stand only in one and are not counted.
          </Notice>
        </div>
      )}
      {shown.length === 0 ? (
        <NothingFound
          only={only}
          broke={broke}
          onAll={() => {
            setWords("");
            choose({ only: "all", tag: undefined, q: undefined, case: undefined });
          }}
        />
      ) : (
        <CasesTable
          compared={compared}
          verdicts={verdicts}
          shown={shown}
          openId={openId}
          onOpen={(id) => choose({ case: id })}
        />
      )}
      <div className="panel__foot">
        <span className="wide">
          <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>r</Kbd> what got worse <Kbd>b</Kbd> other baseline
        </span>
        <span>
          {count(shown.length)} of {count(compared.cases.all.length)} shown
        </span>
        {compared.candidates.length === 1 && <Means compared={compared} />}
      </div>
    </section>
  );
}

/** The verdict's metrics, and each judge where there are several. */
function metricsOf({ table }: Compared, verdict: PairVerdict | undefined): string[] {
  const judged = verdict?.full?.metrics.map((metric) => metric.metric) ?? [];
  return [...new Set([table.metric, ...judged, ...(table.evaluators.length > 1 ? table.evaluators : [])])].toSorted();
}

function nothingBroke({ cases, names, candidates }: Compared): string {
  if (cases.all.length === 0) return "No case has run yet.";
  const who = candidates.length > 1 ? "any version" : (names[1] ?? "");
  const [worst] = selectCases(cases, { only: "all", sort: "delta" });
  const loss = worst?.deltas.some((delta) => delta !== null && delta !== 0) ? " The lowest Δ comes first." : "";
  return `No case got worse in ${who}.${loss}`;
}

function NothingFound({ only, broke, onAll }: { only: Only; broke: Only; onAll: () => void }) {
  return (
    <EmptyState
      title={only === broke ? "No case got worse here" : "No case is like that"}
      actions={
        <Button onClick={onAll}>Show all cases</Button>
      }
    >
      The filter, the tag and the words leave no case over.
    </EmptyState>
  );
}
