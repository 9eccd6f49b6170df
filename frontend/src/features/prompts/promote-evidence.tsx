import { ForestPlot } from "@/components/charts/forest-plot";
import { Notice } from "@/components/ui/notice";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { type Verdict, forestRows, remarks, sidesOf } from "@/features/verdicts/verdict-rows";
import { sentenceCase, toneOf } from "@/features/verdicts/words";
import { difference } from "@/lib/format";
import { CheckList } from "./check-list";
import { type Refusal, checksOf, demandsOf } from "./gate-refusal";
import type { Known } from "./use-standing";
import { type Shown, listed } from "./use-versions";

const SLICES = 3;

interface EvidenceProps {
  known: Known;
  label: string;
  version: Shown;
  /** The number of the version the label stands on. */
  holder: number | undefined;
  refusal: Refusal | null;
}

function saying({ known: { standing, verdict, gate }, label, version, holder, refusal }: EvidenceProps): string {
  const name = gate ? `The gate ${gate.name}` : "The gate";
  switch (standing) {
    case "refused":
      return `The gate refuses: ${verdict?.headline ?? refusal?.sentence ?? ""}`;
    case "uncounted":
      return `${verdict?.headline ?? ""} The gate does not count it.`;
    case "unknown":
      return refusal?.sentence ?? `Nothing has compared v${version.number} with v${holder} yet.`;
    case "first":
      return refusal?.sentence ?? `${name} protects ${label}, which stands nowhere yet: a first version is never approved by default.`;
    default:
      return verdict?.headline ?? "";
  }
}

function Proof({ verdict }: { verdict: Verdict }) {
  if (toneOf(verdict.verdict) === "invalid") return null;
  const [all, ...slices] = forestRows(verdict);
  if (!all) return null;
  const worst = slices.toSorted((one, other) => (one.value ?? 0) - (other.value ?? 0)).slice(0, SLICES);
  return (
    <ForestPlot
      title={`Paired difference in ${verdict.metrics[0]?.metric ?? "score"}`}
      rows={[all, ...worst]}
      format={difference}
      captions={[`v${verdict.candidate.version_number} worse`, "better"]}
      unit="Δ, 95 % CI, n"
      {...sidesOf(verdict)}
    />
  );
}

/** Without a gate: where the newest stored verdict stands, if it is on these two. */
function Unguarded({ label, version, holder }: EvidenceProps) {
  const verdict = listed(version)?.verdict;
  const compared = verdict?.baseline_number === holder ? verdict : null;
  return (
    <section className="sheet__section">
      {compared && (
        <>
          <h3>
            <VerdictBadge ruling={compared.ruling} />
          </h3>
          <p className="t2">
            v{version.number} against v{holder}: Δ{" "}
            <DeltaValue value={compared.difference} interval={compared.interval} n={compared.n} lowerIsBetter={compared.direction === "lower"} missing="no difference is drawn" />
          </p>
        </>
      )}
      <p className="t2">No gate protects {label}: it moves at once, and can be moved back.</p>
    </section>
  );
}

/** The sentence, its proof, and what the gate demands: a cross only for what is proven. */
export function PromoteEvidence(props: EvidenceProps) {
  const { known, label, version, holder, refusal } = props;
  const { standing, verdict, gate } = known;
  if (standing === "free") return gate || known.error ? null : <Unguarded {...props} />;
  const checks = verdict ? checksOf(verdict) : gate ? demandsOf(gate.policy) : [];
  const words = saying(props);
  if (standing === "uncounted") checks.push({ state: "wait", name: "This verdict", words: "covers all golden examples under the policy in force", evidence: "not shown yet" });
  const isOpen = verdict !== null && !["pass", "regression"].includes(verdict.verdict);
  return (
    <section className="sheet__section">
      {standing === "back" && (
        <Notice>
          v{version.number} held {label} right before v{holder}. Moving straight back needs no pass.
        </Notice>
      )}
      {standing !== "first" && (
        <h3>
          <VerdictBadge ruling={verdict?.verdict ?? null} />
        </h3>
      )}
      <p className="verdict-card__say" role={refusal ? "alert" : undefined}>
        {words}
      </p>
      {verdict && <Proof verdict={verdict} />}
      <CheckList checks={checks} />
      {isOpen &&
        remarks(verdict).map((line) => (
          <p key={line} className="small t2">
            {sentenceCase(line)}
          </p>
        ))}
    </section>
  );
}
