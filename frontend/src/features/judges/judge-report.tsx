import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { experimentChoicesOptions } from "@/features/review/api";
import { ScoreValue } from "@/features/verdicts/score-value";
import { type Estimate, count, percent } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { judgeReportOptions } from "./api";
import { JudgeMatrix } from "./certificate";
import { estimateOf } from "./estimate";
import { ExperimentOptions } from "./experiment-options";

function correctedOf({ value, interval, n }: Schemas["CorrectedRead"]): Estimate | null {
  return value === null || n === null ? null : estimateOf({ value, interval: interval ?? [], n });
}

function Found({ report }: { report: Schemas["JudgeReport"] }) {
  const flag = report.question === "hallucinated" ? "a made-up claim" : "a failed answer";
  const { rate } = report;
  return (
    <div className="half">
      <div className="stack">
        <p className="t2">
          <b>{report.evaluator}</b> {report.evaluator_version} on {report.judge_model}: {count(report.labels)} outputs that people labelled and it
          scored, {count(report.drawn_at_random)} of them drawn at random.
        </p>
        <JudgeMatrix confusion={report.confusion} question={report.question} />
      </div>
      <dl className="kv">
        <dt>κ</dt>
        <dd>
          <ScoreValue estimate={estimateOf(report.kappa)} missing="one answer only was given" />
        </dd>
        <dt>Finds {flag}</dt>
        <dd>
          <ScoreValue estimate={estimateOf(report.sensitivity)} format={percent} missing="no label of this kind" />
        </dd>
        <dt>Leaves a good one alone</dt>
        <dd>
          <ScoreValue estimate={estimateOf(report.specificity)} format={percent} missing="no label of this kind" />
        </dd>
        <dt>Rate, as judged</dt>
        <dd>
          <ScoreValue estimate={estimateOf(rate.judge)} format={percent} />
        </dd>
        <dt>Corrected by labels</dt>
        <dd>
          {rate.corrected.because ? <span className="t2">{rate.corrected.because}</span> : <ScoreValue estimate={correctedOf(rate.corrected)} format={percent} />}
        </dd>
        <dt>Labelled, not judged</dt>
        <dd>{count(report.labelled_unjudged)} outputs</dd>
      </dl>
    </div>
  );
}

function Report({ experimentId, evaluator }: { experimentId: string; evaluator: string | undefined }) {
  const report = useQuery(judgeReportOptions(experimentId, evaluator));
  return (
    <QueryStates query={report} failed="The report could not be loaded.">
      {(found) => <Found report={found} />}
    </QueryStates>
  );
}

function Choose({ onChoose }: { onChoose: (experiment: string) => void }) {
  const experiments = useQuery(experimentChoicesOptions);
  return (
    <Field label="Experiment">
      <select className="input" defaultValue="" onChange={(event) => onChoose(event.target.value)}>
        <option value="" disabled>
          Choose
        </option>
        <ExperimentOptions of={experiments.data?.items} />
      </select>
    </Field>
  );
}

interface JudgeReportPanelProps {
  experimentId: string | undefined;
  evaluator: string | undefined;
  onChoose: (experiment: string) => void;
}

/** How far the judge of one experiment agrees with people, and its rate corrected by their labels. */
export function JudgeReportPanel({ experimentId, evaluator, onChoose }: JudgeReportPanelProps) {
  const [isChoosing, setChoosing] = useState(false);
  return (
    <Panel
      title="A judge on one experiment"
      tools={
        <>
          {experimentId && (
            <Link className="small" to="/experiments/$experimentId" params={{ experimentId }}>
              Open the experiment
            </Link>
          )}
          {!isChoosing && (
            <Button small onClick={() => setChoosing(true)}>
              {experimentId ? "Choose another" : "Choose an experiment"}
            </Button>
          )}
        </>
      }
    >
      <div className="stack">
        {isChoosing && <Choose onChoose={onChoose} />}
        {experimentId ? (
          <Report key={experimentId} experimentId={experimentId} evaluator={evaluator} />
        ) : (
          <p className="t2">The labels people gave the outputs of an experiment, against what its judge said of the same outputs.</p>
        )}
      </div>
    </Panel>
  );
}
