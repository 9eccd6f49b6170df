import { useMemo } from "react";
import { ClaimLegend } from "@/components/claims/claim-list";
import { type PlacedClaim, placeClaims } from "@/components/claims/claim-spans";
import { WordDiff } from "@/components/diff/word-diff-view";
import { Chip } from "@/components/ui/chip";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { decimal } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";
import type { Judged, Repeat } from "./api";
import { stateWords } from "./cases";
import type { Choose, View } from "./choices";

const NONE: readonly PlacedClaim[] = [];

export const primaryOf = (repeat: Repeat | undefined): Judged | undefined => repeat?.evaluations.find((evaluation) => evaluation.is_primary);

/** The claims of every judge of one output, the primary's first: one numbering for marks and list. */
export function useClaims(repeat: Repeat | undefined): readonly PlacedClaim[] {
  return useMemo(() => {
    if (!repeat?.output) return NONE;
    const evaluations = repeat.evaluations.toSorted((a, b) => Number(b.is_primary) - Number(a.is_primary));
    const judging = evaluations.find((evaluation) => evaluation.claims.length > 0);
    return judging ? placeClaims(repeat.output, judging.claims) : NONE;
  }, [repeat]);
}

interface CaseOutputsProps {
  base: Repeat | undefined;
  candidate: Repeat | undefined;
  names: readonly [string, string];
  expected: string | null;
  view: View | undefined;
  choose: Choose;
}

/** Both answers with the words that differ, and over them what the judge thought of each claim. */
export function CaseOutputs({ base, candidate, names: [from, to], expected, view, choose }: CaseOutputsProps) {
  const claimsBefore = useClaims(base);
  const claimsAfter = useClaims(candidate);
  const againstExpected = view === "expected" && expected !== null;
  const set = (next: View) => choose({ view: next === "versions" ? undefined : next });
  useShortcuts({ d: () => set(againstExpected ? "versions" : "expected") }, expected !== null);
  const options = [
    { value: "versions", label: `${from} ↔ ${to}` },
    { value: "expected", label: `${to} ↔ expected` },
  ] as const;
  const before = againstExpected
    ? { text: expected, label: "Expected answer", head: <b>Expected</b> }
    : { text: base?.output ?? "", label: `Output of ${from}`, head: <Head name={from} repeat={base} claims={claimsBefore} />, claims: claimsBefore };
  const after = { text: candidate?.output ?? "", label: `Output of ${to}`, head: <Head name={to} repeat={candidate} claims={claimsAfter} />, claims: claimsAfter };
  return (
    <section className="inspector__section" aria-label="Outputs">
      <div className="row wrap">
        <h3>Outputs</h3>
        {expected !== null && (
          <span className="push">
            <Segmented label="Compare with" options={options} value={againstExpected ? "expected" : "versions"} onChange={set} />
          </span>
        )}
      </div>
      <WordDiff before={before} after={after} view="split" />
      {[base, candidate].map(
        (repeat, index) =>
          repeat?.error && (
            <Notice key={index} kind="warn">
              <b>{index === 0 ? from : to}</b> {stateWords(repeat.state)}: {repeat.error}
            </Notice>
          ),
      )}
      <ClaimLegend />
    </section>
  );
}

interface HeadProps {
  name: string;
  repeat: Repeat | undefined;
  claims: readonly PlacedClaim[];
}

function Head({ name, repeat, claims }: HeadProps) {
  const bad = claims.filter((claim) => claim.verdict === "contradicted").length;
  const good = claims.filter((claim) => claim.verdict === "supported").length;
  const said = bad > 0 ? `${bad} of ${claims.length} claims contradicted` : `${good} of ${claims.length} claims supported`;
  const score = repeat?.score ?? null;
  return (
    <>
      <Chip kind="ver">{name}</Chip>
      <span className={bad > 0 ? "delta--worse" : undefined}>
        {score === null ? stateWords(repeat?.state ?? null) : decimal(score)}
        {claims.length > 0 && ` · ${said}`}
      </span>
    </>
  );
}
