import { UserRound } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useMay } from "@/features/session/use-may";
import { decimal } from "@/lib/format";
import type { CaseDetail, Judged } from "./api";
import { useIsMine, useTakeBack } from "./use-labels";

interface OwnLabelsProps {
  detail: CaseDetail;
  /** The two that are looked at, as indices of the sides. */
  sides: readonly number[];
  repeat: number;
  /** Of those two. */
  names: readonly string[];
}

/** What people said of the same outputs. */
export function OwnLabels({ detail, sides, repeat, names }: OwnLabelsProps) {
  const said = sides.flatMap((index, place) => {
    const side = detail.sides[index];
    const run = side?.repeats[repeat];
    if (!side || !run) return [];
    return run.evaluations.flatMap(({ evaluator, overridden_by: label }) =>
      label ? [{ label, name: names[place] ?? "", place: { experiment_id: side.experiment_id, case_no: run.case_no, evaluator } }] : [],
    );
  });
  if (said.length === 0) return null;
  return (
    <section className="inspector__section" aria-label="What people said">
      {said.map((one) => (
        <OwnLabel key={one.label.label_id + one.name} {...one} />
      ))}
    </section>
  );
}

interface OwnLabelProps {
  label: NonNullable<Judged["overridden_by"]>;
  /** Of the version whose output it is. */
  name: string;
  place: { experiment_id: string; case_no: number; evaluator: string };
}

function OwnLabel({ label, name, place }: OwnLabelProps) {
  const mayReview = useMay("review");
  const isMine = useIsMine()(label);
  const takeBack = useTakeBack(label, place);
  return (
    <>
      <p className="small row top">
        <UserRound className="icon" aria-hidden="true" />
        <span>
          <b>{label.labelled_by}</b> on {name}, {place.evaluator}: {label.value !== null && decimal(label.value)}
          {label.value !== null && label.hallucinated !== null && ", "}
          {label.hallucinated !== null && (label.hallucinated ? "hallucinated" : "not hallucinated")}
          {label.comment && (
            <>
              . <bdi>{label.comment}</bdi>
            </>
          )}
        </span>
        {mayReview && isMine && (
          <Button small kind="quiet" className="push" busy={takeBack.isPending} onClick={() => takeBack.mutate()}>
            Take back
          </Button>
        )}
      </p>
      {takeBack.error && <Notice kind="error">{takeBack.error.detail || takeBack.error.title}</Notice>}
    </>
  );
}
