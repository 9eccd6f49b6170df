import { clsx } from "clsx";
import { PageHeader } from "@/components/layout/page-header";
import { ErrorPanel, Skeleton, StaleBadge } from "@/components/layout/states";
import { useShortcuts } from "@/lib/shortcuts";
import type { Named } from "./api";
import { CasePanel, useShownCases } from "./case-panel";
import { CLOSED, type Choices, type Choose, candidateOf } from "./choices";
import { ChooseRuns } from "./choose-runs";
import { Identity } from "./identity";
import { Inspector } from "./inspector";
import { PageActions } from "./page-actions";
import { together } from "./sides";
import { useSetBaseline } from "./use-baseline";
import { type Compared, useComparison } from "./use-comparison";
import { NARROW, WIDE, useMedia } from "./use-media";
import { useVerdicts } from "./use-verdicts";
import { VerdictSection } from "./verdict-section";

interface ComparisonProps {
  named: Named;
  choices: Choices;
  choose: Choose;
}

/** Which cases broke, and which words did it. */
export function Comparison({ named, choices, choose }: ComparisonProps) {
  const { query, compared } = useComparison(named, choices.metric);
  const { verdicts, isLoading } = useVerdicts(compared);
  if (!compared) {
    const { error } = query;
    const isOurs = error && error.status !== 404 && error.status !== 422;
    return (
      <>
        <PageHeader title="Compare" />
        {!error && <Skeleton rows={12} label="Loading the cases" />}
        {isOurs && <ErrorPanel what="The cases could not be loaded." error={error} onRetry={() => void query.refetch()} />}
        {error && !isOurs && <ChooseRuns why={error.errors[0]?.detail ?? (error.detail || error.title)} />}
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={`${pairOf(compared)} on ${compared.table.prompt.name}`}
        crumb={pairOf(compared)}
        identity={<Identity compared={compared} />}
        actions={<PageActions compared={compared} verdict={verdicts[0]} />}
      />
      {query.error && <StaleBadge since={query.dataUpdatedAt} onRetry={() => void query.refetch()} />}
      <VerdictSection compared={compared} verdicts={verdicts} isLoading={isLoading} />
      <CasesAndOne compared={compared} verdicts={verdicts} choices={choices} choose={choose} />
    </>
  );
}

function pairOf({ names }: Compared): string {
  const [base, ...others] = names;
  return `${together(others)} against ${base}`;
}

interface CasesAndOneProps {
  compared: Compared;
  verdicts: ReturnType<typeof useVerdicts>["verdicts"];
  choices: Choices;
  choose: Choose;
}

/** The list, and beside it the open case: on a wide screen the worst is open before anybody asks. */
function CasesAndOne({ compared, verdicts, choices, choose }: CasesAndOneProps) {
  const isWide = useMedia(WIDE);
  const isNarrow = useMedia(NARROW);
  const { shown, only } = useShownCases(compared, choices);
  const setBaseline = useSetBaseline(compared);
  useShortcuts({ b: () => setBaseline(candidateOf(compared, choices)) });
  const opensItself = isWide && compared.candidates.length === 1;
  const asked = choices.case ? compared.cases.byId.get(choices.case) : undefined;
  const one = choices.case === CLOSED ? undefined : (asked ?? (opensItself ? shown[0] : undefined));
  const place = one ? shown.indexOf(one) : -1;
  const close = () => {
    choose({ case: CLOSED });
    const row = one && document.querySelector<HTMLElement>(`[data-case="${one.id}"] a`);
    row?.focus({ preventScroll: true });
  };
  const walk = (step: number) => {
    const next = shown[place + step];
    if (next) choose({ case: next.id });
  };
  return (
    <div className={clsx("compared", one && !isNarrow && "split")}>
      <CasePanel {...{ compared, verdicts, shown, only, choices, choose }} openId={one?.id} />
      {one && (
        <Inspector
          {...{ compared, one, place, choices, choose }}
          listed={shown.length}
          onWalk={walk}
          onClose={close}
          asSheet={isNarrow}
        />
      )}
    </div>
  );
}
