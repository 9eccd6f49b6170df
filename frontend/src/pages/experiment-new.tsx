import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { PageHeader } from "@/components/layout/page-header";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { statusOptions } from "@/features/experiments/api";
import { NewExperiment } from "@/features/experiments/new-experiment";
import { promptNamedOptions, versionsOptions } from "@/features/experiments/plan-api";
import { wishesFrom } from "@/features/experiments/plan-form";
import { PromptPicker } from "@/features/experiments/prompt-picker";

const HERE = "/shell/experiments/new";

export function ExperimentNewPage() {
  const { prompt, from = "" } = useSearch({ from: HERE });
  if (prompt) return <OnPrompt key={`${prompt} ${from}`} name={prompt} />;
  return (
    <>
      <PageHeader title="New experiment" identity="A version on golden examples, and whether it got worse." />
      <PromptPicker />
    </>
  );
}

function OnPrompt({ name }: { name: string }) {
  const { versions = [], baseline, from } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: "/experiments/new" });
  const prompt = useQuery(promptNamedOptions(name));
  const all = useQuery(versionsOptions(prompt.data?.id));
  const old = useQuery({ ...statusOptions(from ?? ""), enabled: from !== undefined });
  const isReady = from === undefined || old.data !== undefined || old.error !== null;
  return (
    <>
      {(prompt.error ?? all.error) && <PageHeader title="New experiment" />}
      <QueryStates query={prompt} failed={`The prompt ${name} could not be loaded.`} rows={8}>
        {(found) => (
          <QueryStates query={all} failed="Its versions could not be loaded." rows={8}>
            {({ items }) =>
              items.length === 0 ? (
                <>
                  <PageHeader title={`New experiment on ${found.name}`} />
                  <Panel title="Versions" flush>
                    <EmptyState
                      title="This prompt has no version yet"
                      actions={
                        <ButtonLink kind="primary" to="/prompts/$" params={{ _splat: found.name }}>
                          Write one
                        </ButtonLink>
                      }
                    >
                      An experiment runs versions of a prompt.
                    </EmptyState>
                  </Panel>
                </>
              ) : (
                isReady && (
                  <NewExperiment
                    prompt={found}
                    versions={items}
                    asked={{ versions, baseline }}
                    saved={wishesFrom(old.data)}
                    draftKey={from === undefined ? `experiment:${found.name}` : `experiment:${found.name}:${from}`}
                    onChoose={(next) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })}
                  />
                )
              )
            }
          </QueryStates>
        )}
      </QueryStates>
    </>
  );
}
