import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Play, SquareTerminal } from "lucide-react";
import { useRef } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/session/use-may";
import { copyText } from "@/lib/copy-text";
import { useDraft } from "@/lib/draft";
import { count, plural } from "@/lib/format";
import { newKey } from "@/lib/new-key";
import { modKey, useShortcuts } from "@/lib/shortcuts";
import type { Schemas } from "@/services/http";
import { Complaint } from "./choice";
import { asActionStep, asCommand, asCurl } from "./copy-as";
import { EvaluatorsChoice } from "./evaluators-choice";
import { ExamplesChoice } from "./examples-choice";
import { FoldPanel } from "./fold-panel";
import { ModelsChoice } from "./models-choice";
import { type Version, startExperiment } from "./plan-api";
import { type Chosen, NO_WISHES, type Wishes, inShort, inTime, requestOf, usualChoice, usualName } from "./plan-form";
import { PlanPanel } from "./plan-panel";
import { RunFields } from "./run-fields";
import { complaintsOf, usePlan } from "./use-plan";
import { VersionsChoice } from "./versions-choice";

interface NewExperimentProps {
  prompt: Schemas["PromptRead"];
  versions: readonly Version[];
  /** What the address says; without versions, the usual ones. */
  asked: Chosen;
  /** What the form begins with where there is no draft. */
  saved: Wishes;
  /** Drafts of a rerun are apart from those of a fresh form. */
  draftKey: string;
  onChoose: (chosen: Chosen) => void;
}

const copy = async (text: string, what: string) => toast((await copyText(text)) ? `Copied ${what}.` : "The browser did not allow to copy.");

export function NewExperiment({ prompt, versions, asked, saved, draftKey, onChoose }: NewExperimentProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const mayRun = useMay("run");
  const draft = useDraft<Wishes>(draftKey, saved);
  const wishes = { ...NO_WISHES, ...draft.value }; // a draft of an older form may lack a field
  const chosen = asked.versions.length > 0 ? asked : usualChoice(versions);
  const request = requestOf(prompt.name, chosen, wishes);
  const { plan, isSettled } = usePlan(mayRun ? request : null);
  // the same request started twice is one experiment; a changed one is another
  const key = useRef({ body: "", id: "" });
  const start = useMutation({
    mutationFn: startExperiment,
    onSuccess: ({ experiment_id }) => {
      draft.discard();
      void client.invalidateQueries({ queryKey: ["experiments", "list"] });
      void navigate({ to: "/experiments/$experimentId", params: { experimentId: experiment_id } });
    },
  });
  const complaints = complaintsOf(start.error ?? plan.error);
  const change = (part: Partial<Wishes>) => {
    start.reset();
    draft.set({ ...wishes, ...part });
  };
  const run = () => {
    if (start.isPending || !mayRun) return;
    const body = JSON.stringify(request);
    if (key.current.body !== body) key.current = { body, id: newKey() };
    start.mutate({ request, key: key.current.id });
  };
  useShortcuts({ "mod+Enter": run });

  const planned = plan.error ? undefined : plan.data;
  return (
    <>
      <PageHeader
        title={`New experiment on ${prompt.name}`}
        identity={
          <>
            <span>{usualName(chosen)}</span>
            {draft.isDirty && <span className="t3">· draft kept here</span>}
            <Link to="/experiments/new" search={{}}>
              Another prompt
            </Link>
          </>
        }
        actions={
          <>
            <Menu
              trigger={
                <Button>
                  <SquareTerminal className="icon" aria-hidden="true" />
                  Copy as…
                </Button>
              }
            >
              <MenuItem onSelect={() => void copy(asCurl(request, window.location.origin), "a curl command")}>curl</MenuItem>
              <MenuItem onSelect={() => void copy(asCommand(request, window.location.origin), "a command line")}>llmops run</MenuItem>
              <MenuItem onSelect={() => void copy(asActionStep(request, window.location.origin), "a step for GitHub Actions")}>GitHub Action step</MenuItem>
            </Menu>
            {mayRun && (
              <Button kind="primary" busy={start.isPending} aria-keyshortcuts="Meta+Enter Control+Enter" onClick={run}>
                <Play className="icon" aria-hidden="true" />
                Run{planned && ` ${inShort(planned)}`}
                {planned && <span className="hide-narrow">{inTime(planned)}</span>}
                <Kbd>{`${modKey}↵`}</Kbd>
              </Button>
            )}
          </>
        }
      />
      {!mayRun && <Notice kind="info">Your role can look at experiments but not start them; an editor can.</Notice>}
      {start.error && <Notice kind="error">{complaints.rest ?? "It was not started: something in the form has to change, see there."}</Notice>}
      <div className="with-side">
        <div className="stack">
          <VersionsChoice
            versions={versions}
            chosen={chosen}
            complaints={complaints.at}
            onChange={(next) => {
              start.reset();
              onChoose(next);
            }}
          />
          <FoldPanel title="Models" usual="As each version says." count={wishes.models.length} complaint={complaints.at.models} onUsual={() => change({ models: [] })}>
            <ModelsChoice chosen={wishes.models} onChange={(models) => change({ models })} />
          </FoldPanel>
          <Panel
            title="Examples"
            beside={<span className="n">{plural(prompt.golden_count, "golden example")}</span>}
            tools={
              <Segmented
                label="Examples"
                options={[
                  { value: "all", label: `All ${count(prompt.golden_count)}` },
                  { value: "some", label: "Some" },
                ]}
                value={wishes.examples}
                onChange={(examples) => change({ examples })}
              />
            }
            flush
          >
            {wishes.unknownExamples > 0 && wishes.examples === "all" && (
              <div className="panel__body">
                <Notice>The run before was on {plural(wishes.unknownExamples, "example")}; how they were chosen is not known. This one takes all.</Notice>
              </div>
            )}
            {wishes.examples === "some" && <ExamplesChoice promptId={prompt.id} wishes={wishes} onChange={change} />}
            <Complaint text={complaints.at.golden} />
          </Panel>
          <FoldPanel
            title="Evaluators"
            usual="Chosen by what the examples have: grounding where all have a source, similarity where all have an expected answer."
            count={wishes.evaluators.length}
            complaint={complaints.at.evaluators}
            onUsual={() => change({ evaluators: [] })}
          >
            <EvaluatorsChoice chosen={wishes.evaluators} onChange={(evaluators) => change({ evaluators })} />
          </FoldPanel>
          <RunFields promptId={prompt.id} wishes={wishes} usualName={usualName(chosen)} complaints={complaints.at} onChange={change} />
        </div>
        <PlanPanel plan={plan} isSettled={isSettled} complaints={complaints} wishes={wishes} arms={chosen.versions.length * Math.max(1, wishes.models.length)} />
      </div>
    </>
  );
}
