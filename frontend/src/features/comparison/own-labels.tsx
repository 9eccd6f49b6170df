import { UserRound } from "lucide-react";
import { decimal } from "@/lib/format";
import type { Repeat } from "./api";

interface OwnLabelsProps {
  repeats: readonly (Repeat | undefined)[];
  names: readonly string[];
}

/** What people said of the same outputs. */
export function OwnLabels({ repeats, names }: OwnLabelsProps) {
  const said = repeats.flatMap((repeat, side) =>
    (repeat?.evaluations ?? []).flatMap(({ evaluator, overridden_by: label }) => (label ? [{ side, evaluator, label }] : [])),
  );
  if (said.length === 0) return null;
  return (
    <section className="inspector__section" aria-label="What people said">
      {said.map(({ side, evaluator, label }) => (
        <p key={`${side} ${evaluator}`} className="small row top">
          <UserRound className="icon" aria-hidden="true" />
          <span>
            <b>{label.labelled_by}</b> on {names[side]}, {evaluator}: {label.value !== null && decimal(label.value)}
            {label.value !== null && label.hallucinated !== null && ", "}
            {label.hallucinated !== null && (label.hallucinated ? "hallucinated" : "not hallucinated")}
            {label.comment && (
              <>
                . <bdi>{label.comment}</bdi>
              </>
            )}
          </span>
        </p>
      ))}
    </section>
  );
}
