import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import { useLoadDemo } from "@/features/session/use-load-demo";
import { useMay } from "@/features/session/use-may";
import { ScoreValue } from "@/features/verdicts/score-value";
import type { Schemas } from "@/services/http";
import { experimentsOptions } from "./api";

type Experiment = Pick<Schemas["ExperimentSummary"], "id">;

export interface RunChoice {
  /** `{experiment}:{arm}` */
  key: string;
  name: string;
  promptName: string;
  version: string;
}

interface RunChoicesProps {
  promptId?: string | undefined;
  /** Those that are taken already. */
  without: readonly string[];
  onChoose: (run: RunChoice) => void;
}

const keyOf = (experiment: Experiment, arm: number) => `${experiment.id}:${arm}`;

/** Recent experiments and what ran in them, to pick one run of. */
export function RunChoices({ promptId, without, onChoose }: RunChoicesProps) {
  const [words, setWords] = useState("");
  const query = useQuery(experimentsOptions(useDeferredValue(words), promptId));
  return (
    <div className="stack">
      <input
        className="input"
        type="search"
        aria-label="Search experiments"
        placeholder="Search experiments"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <QueryStates query={query} failed="The experiments could not be loaded.">
        {({ items }) =>
          items.length === 0 ? <NoRuns isSearching={words !== ""} /> : (
            <ul className="run-choices" aria-label="Runs">
              {items.map((experiment) => (
                <li key={experiment.id}>
                  <p className="small">
                    <b>{experiment.name || experiment.prompt_name}</b>{" "}
                    <span className="t3">
                      {experiment.prompt_name} · <Time at={experiment.created_at} />
                    </span>
                  </p>
                  {experiment.versions.map(({ number, model, mean }, arm) => (
                    <button
                      key={arm}
                      type="button"
                      className="run-choices__run"
                      disabled={without.includes(keyOf(experiment, arm))}
                      onClick={() =>
                        onChoose({ key: keyOf(experiment, arm), name: experiment.name, promptName: experiment.prompt_name, version: `v${number}` })
                      }
                    >
                      <b>v{number}</b> <span className="t2">{model}</span>
                      <span className="push">
                        <ScoreValue estimate={mean && { value: mean.value, interval: pair(mean.interval), n: mean.n }} missing="no score yet" />
                      </span>
                    </button>
                  ))}
                </li>
              ))}
            </ul>
          )
        }
      </QueryStates>
    </div>
  );
}

function pair(bounds: readonly number[] | null): readonly [number, number] | null {
  const [low, high] = bounds ?? [];
  return low === undefined || high === undefined ? null : [low, high];
}

function NoRuns({ isSearching }: { isSearching: boolean }) {
  const mayWrite = useMay("write");
  const demo = useLoadDemo();
  if (isSearching) return <EmptyState title="No experiment is called that">Try fewer words.</EmptyState>;
  return (
    <EmptyState
      title="There is nothing to compare yet"
      command="llmops demo"
      actions={
        <>
          <ButtonLink kind="primary" to="/experiments/new">
            New experiment
          </ButtonLink>
          {mayWrite && (
            <Button busy={demo.isPending} onClick={() => demo.mutate()}>
              Load demo data
            </Button>
          )}
          {demo.error && <Notice kind="error">{demo.error.detail || demo.error.title}</Notice>}
        </>
      }
    >
      An experiment runs versions on your golden examples; here you see which cases changed.
    </EmptyState>
  );
}
