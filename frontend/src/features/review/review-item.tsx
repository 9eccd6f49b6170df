import { useNavigate } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { useEffect, useRef } from "react";
import { placeClaims } from "@/components/claims/claim-spans";
import { ClaimList } from "@/components/claims/claim-list";
import { ClaimText } from "@/components/claims/claim-text";
import { Kbd } from "@/components/ui/kbd";
import { ButtonLink } from "@/components/ui/link";
import { LongText } from "@/components/long-text";
import { useMay } from "@/features/session/use-may";
import { useShortcuts } from "@/lib/shortcuts";
import { askedOf } from "./answer";
import type { ReviewItem } from "./api";

function Part({ name, text }: { name: string; text: string | null }) {
  if (!text) return null;
  return (
    <div className="stack review__part">
      <h3>{name}</h3>
      <LongText text={text} className="t2" />
    </div>
  );
}

interface ReviewItemViewProps {
  item: ReviewItem;
  /** After the first item, so that readers and keyboards begin at the top of each. */
  takesFocus: boolean;
}

/** What is judged: neither which version wrote it nor what a judge thought of it. Give it `key={item.id}`. */
export function ReviewItemView({ item, takesFocus }: ReviewItemViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  const navigate = useNavigate();
  const example = { to: "/prompts/$", params: { _splat: item.prompt_name }, search: { tab: "golden", example: item.example_id } } as const;
  const mayWrite = useMay("write");
  useShortcuts({ e: () => void navigate(example) }, mayWrite);
  const { title, variables } = askedOf(item.input_data);
  const claims = placeClaims(item.output, item.claims);
  const unplaced = claims.filter((claim) => claim.start === null);
  return (
    <section className="panel" aria-label="What is judged">
      <div className="panel__head">
        <h2 ref={heading} tabIndex={-1} dir="auto" className="review__title">
          {title ? `“${title}”` : "An output without input"}
        </h2>
      </div>
      <div className="panel__body stack review">
        <div className="stack review__part">
          <h3>Answer</h3>
          <ClaimText text={item.output} claims={claims} className="read output" />
          {unplaced.length > 0 && <ClaimList claims={unplaced} label="Claims that stand nowhere in the answer word by word" />}
        </div>
        <Part name="Expected" text={item.expected_output} />
        <Part name="Criteria" text={item.rubric?.criteria ?? item.criteria} />
        {variables.length > 0 && (
          <div className="stack review__part">
            <h3>Variables</h3>
            <dl className="kv">
              {variables.map(({ name, value }) => (
                <div key={name} className="review__variable">
                  <dt>{name}</dt>
                  <dd>
                    <LongText text={value} limit={1_500} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        )}
        <Part name="Sources the answer was given" text={item.context} />
      </div>
      <div className="panel__foot">
        <span>
          {item.prompt_name}, case {item.case_no}
        </span>
        <span>judged by {item.evaluator}</span>
        <span>version and model hidden</span>
        {mayWrite && (
          <ButtonLink small className="push" aria-keyshortcuts="e" {...example}>
            <Pencil className="icon" aria-hidden="true" />
            Edit example <Kbd>e</Kbd>
          </ButtonLink>
        )}
      </div>
    </section>
  );
}
