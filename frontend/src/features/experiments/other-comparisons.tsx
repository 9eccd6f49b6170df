import { Panel } from "@/components/layout/panel";
import { ButtonLink } from "@/components/ui/link";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import type { Status } from "./api";
import type { Arm } from "./arms";

interface OtherComparisonsProps {
  status: Status;
  arms: readonly Arm[];
}

/** The card tells one verdict, on the newest version; here are those on the others. */
export function OtherComparisons({ status: { experiment_id, comparisons, verdict }, arms }: OtherComparisonsProps) {
  const others = comparisons.filter((one) => verdict && one.candidate_arm !== verdict.candidate.arm);
  if (others.length === 0) return null;
  const nameOf = (arm: number, number: number) => arms.find((one) => one.arm === arm)?.name ?? `v${number}`;
  return (
    <Panel title="Other comparisons" beside={<span className="n">{others.length}</span>} foot="The tests of one run share one α (Holm).">
      <ul className="stack">
        {others.map((one) => {
          const names = `${nameOf(one.candidate_arm, one.candidate)} against ${nameOf(one.baseline_arm, one.baseline)}`;
          return (
            <li key={one.candidate_arm} className="verdict-short">
              <div className="row wrap">
                <VerdictBadge ruling={one.verdict} small />
                <b>{names}</b>
                <ButtonLink
                  small
                  className="push"
                  to="/compare"
                  search={{ base: `${experiment_id}:${one.baseline_arm}`, with: [`${experiment_id}:${one.candidate_arm}`] }}
                  aria-label={`Compare ${names}`}
                >
                  Compare
                </ButtonLink>
              </div>
              <p className="small t2">{one.sentence}</p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
