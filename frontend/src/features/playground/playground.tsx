import { FlaskConical, Play as PlayIcon, Plus, Square } from "lucide-react";
import { useState } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { ButtonLink } from "@/components/ui/link";
import { toast } from "@/components/ui/toast";
import { MayNot } from "@/features/session/may-not";
import { modKey, useShortcuts } from "@/lib/shortcuts";
import { ColumnPanel } from "./column-panel";
import { withColumn, withMore } from "./columns";
import { Differences } from "./differences";
import { ExampleSheet } from "./example-sheet";
import { Permalink } from "./permalink";
import { RunHistory } from "./run-history";
import { RunOptions } from "./run-options";
import { type Opened, RunSheet } from "./run-sheet";
import { SaveExampleSheet } from "./save-example-sheet";
import { MOST_COLUMNS, type PlaygroundState, isEdited, letterOf } from "./state";
import { filledFrom, promptOf, useNeighbour } from "./use-examples";
import { usePlayground } from "./use-playground";
import { useIsAnyRunning } from "./use-turn";
import { VariablesPanel } from "./variables-panel";

const LOOK: Readonly<Record<number, string>> = { 1: "play play--one", 2: "play" };

/** The column somebody is in, else the first. */
function columnInFocus({ columns }: PlaygroundState): string {
  const id = document.activeElement?.closest<HTMLElement>("[data-column]")?.dataset.column;
  return columns.find((column) => column.id === id)?.id ?? columns[0]?.id ?? "";
}

interface PlaygroundProps {
  /** Under which the draft is kept in this browser. */
  draftKey: string;
  saved: PlaygroundState;
  /** The run that is looked at. */
  run: string | undefined;
  onCloseRun: () => void;
}

export function Playground({ draftKey, saved, run: runId, onCloseRun }: PlaygroundProps) {
  const [began] = useState(saved); // what the server has by now changes nothing here
  const play = usePlayground(draftKey, began);
  const { state, board, change } = play;
  const isBusy = useIsAnyRunning(board);
  const neighbour = useNeighbour();
  const [sheet, setSheet] = useState<"examples" | "example" | null>(null);
  const promptId = promptOf(state);
  const source = state.columns.find((column) => column.source)?.source ?? null;
  const columnsOfIt = state.columns.filter((column) => column.source?.prompt_id === source?.prompt_id);
  const isUnsaved = columnsOfIt.some(isEdited);
  const runAll = () => play.mayRun && play.run(state.columns.map((column) => column.id));
  const step = async (by: 1 | -1) => {
    try {
      const found = await neighbour(state, by);
      if (found) change((old) => filledFrom(old, found.example, found.position, found.total));
      else toast(promptId === null ? "Examples belong to a prompt of the library; choose one in a column." : "There is no further example.");
    } catch {
      toast("The examples could not be loaded.");
    }
  };
  useShortcuts({
    "mod+Enter": runAll,
    "mod+shift+Enter": () => play.mayRun && play.run([columnInFocus(state)]),
    "[": () => void step(-1),
    "]": () => void step(1),
  });
  const openRun = ({ column, variables }: Opened) => {
    change((old) => ({ ...withMore(old, old.columns.length, column), variables: { ...old.variables, ...variables } }));
    onCloseRun();
  };
  const discard = () => {
    const before = state;
    play.discard();
    toast("The playground is as it was opened.", () => change(() => before));
  };
  return (
    <>
      <PageHeader
        title="Playground"
        identity={
          <>
            <span>{source ? source.prompt_name : "Try a text on any model; nothing is stored as a version"}</span>
            <Permalink state={state} />
            {source && isUnsaved && <span>edits run on the golden set once they are saved as a version</span>}
            {play.isDirty && (
              <>
                <span>kept in this browser</span>
                <Button small kind="quiet" onClick={discard}>
                  Start over
                </Button>
              </>
            )}
          </>
        }
        actions={
          <>
            {state.columns.length < MOST_COLUMNS && (
              <Button onClick={() => change(withColumn)}>
                <Plus className="icon" aria-hidden="true" />
                Column
              </Button>
            )}
            {source && (
              <ButtonLink to="/experiments/new" search={{ prompt: source.prompt_name, versions: [...new Set(columnsOfIt.flatMap((column) => String(column.source?.number)))] }}>
                <FlaskConical className="icon" aria-hidden="true" />
                Run {isUnsaved && "as saved "}on golden set
              </ButtonLink>
            )}
            {isBusy ? (
              <Button onClick={board.stopAll}>
                <Square className="icon" aria-hidden="true" />
                Stop all
              </Button>
            ) : (
              <Button kind="primary" disabled={!play.mayRun} aria-keyshortcuts="Meta+Enter Control+Enter" onClick={runAll}>
                <PlayIcon className="icon" aria-hidden="true" />
                Run all <Kbd>{`${modKey}↵`}</Kbd>
              </Button>
            )}
          </>
        }
      />
      {!play.mayRun && <MayNot to="run prompts" who="an editor or an admin" />}
      <RunOptions play={play} />
      <div className={LOOK[state.columns.length] ?? "play play--many"}>
        <VariablesPanel
          play={play}
          canFill={promptId !== null}
          onPick={() => setSheet("examples")}
          onStep={(by) => void step(by)}
          onSaveExample={source ? () => setSheet("example") : null}
        />
        {state.columns.map((column, index) => (
          <ColumnPanel key={column.id} play={play} column={column} letter={letterOf(index)} onRunAll={runAll} />
        ))}
      </div>
      <Differences columns={state.columns} board={board} expected={state.expected} />
      <RunHistory />
      {sheet === "examples" && promptId !== null && (
        <ExampleSheet
          promptId={promptId}
          onClose={() => setSheet(null)}
          onChoose={(example, position, total) => {
            change((old) => filledFrom(old, example, position, total));
            setSheet(null);
          }}
        />
      )}
      {sheet === "example" && source && <SaveExampleSheet source={source} state={state} board={board} onClose={() => setSheet(null)} />}
      {runId !== undefined && <RunSheet key={runId} id={runId} hasRoom={state.columns.length < MOST_COLUMNS} onOpen={openRun} onClose={onCloseRun} />}
    </>
  );
}
