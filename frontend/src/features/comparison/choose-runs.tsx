import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { type RunChoice, RunChoices } from "./run-choices";

interface ChooseRunsProps {
  /** Why the address led to nothing; undefined where it named nothing. */
  why?: string | undefined;
}

/** First the baseline, then what is held against it. */
export function ChooseRuns({ why }: ChooseRunsProps) {
  const navigate = useNavigate({ from: "/compare" });
  const [base, setBase] = useState<RunChoice>();
  const choose = (run: RunChoice) => {
    if (base) void navigate({ search: { base: base.key, with: [run.key] } });
    else setBase(run);
  };
  return (
    <Panel title={base ? "Choose what to hold against it" : "Choose the baseline"}>
      <div className="stack">
        {why && <Notice kind="warn">{why}</Notice>}
        {base ? (
          <p className="row wrap">
            <span>
              Baseline: <b>{base.version}</b> of {base.name || base.promptName}
            </span>
            <Button small kind="quiet" onClick={() => setBase(undefined)}>
              Choose another
            </Button>
          </p>
        ) : (
          <p className="t2">Two runs of one prompt on the same examples can be compared case by case.</p>
        )}
        <RunChoices without={base ? [base.key] : []} onChoose={choose} />
      </div>
    </Panel>
  );
}
