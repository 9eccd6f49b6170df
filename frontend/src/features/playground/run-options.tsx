import { Scale } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { JudgeSheet } from "./judge-sheet";
import { MOST_REPEATS } from "./state";
import type { Play } from "./use-playground";

/** What holds for every run: how often, and what scores it. */
export function RunOptions({ play: { state, change } }: { play: Play }) {
  const [isChoosing, setChoosing] = useState(false);
  const { evaluators, repeats } = state;
  return (
    <div className="row wrap small">
      <label className="row">
        <span className="t2 nowrap">Runs of each column</span>
        <select className="input input--small" value={repeats} onChange={(event) => change((old) => ({ ...old, repeats: Number(event.target.value) }))}>
          {Array.from({ length: MOST_REPEATS }, (_, index) => (
            <option key={index}>{index + 1}</option>
          ))}
        </select>
      </label>
      <Button small onClick={() => setChoosing(true)}>
        <Scale className="icon" aria-hidden="true" />
        {evaluators.length === 0 ? "Score the answers" : `Scored by ${evaluators.join(", ")}`}
      </Button>
      {isChoosing && <JudgeSheet chosen={evaluators} onChange={(chosen) => change((old) => ({ ...old, evaluators: chosen }))} onClose={() => setChoosing(false)} />}
    </div>
  );
}
