import { Play as PlayIcon } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import type { Version } from "@/features/prompts/api";
import { ColumnHead } from "./column-head";
import { ColumnMenu } from "./column-menu";
import { ColumnSettings } from "./column-settings";
import { ColumnText } from "./column-text";
import { withMore, without } from "./columns";
import { SavePromptSheet } from "./save-prompt-sheet";
import { SaveVersion } from "./save-version";
import { SourceSheet } from "./source-sheet";
import { type Column, MOST_COLUMNS, SCRATCH, asContent, columnContent, columnOf, isBlank, isEdited, schemaOf } from "./state";
import { TurnFoot } from "./turn-foot";
import { TurnView } from "./turn-view";
import { isRunning } from "./turn";
import type { Play } from "./use-playground";
import { useTurn } from "./use-turn";

const hasSchema = (column: Column): boolean => {
  try {
    schemaOf(column.content.schema);
    return true;
  } catch {
    return false;
  }
};

interface ColumnPanelProps {
  play: Play;
  column: Column;
  letter: string;
  onRunAll: () => void;
}

type Sheet = "source" | "version" | "prompt" | null;

export function ColumnPanel({ play, column, letter, onRunAll }: ColumnPanelProps) {
  const heading = useId();
  const [sheet, setSheet] = useState<Sheet>(null);
  const { state, board, change, changeColumn, changeContent } = play;
  const turns = useTurn(board, column.id);
  const turn = turns.all[turns.shown];
  const { source } = column;
  const place = state.columns.indexOf(column);
  const run = () => play.run([column.id]);
  const close = () => setSheet(null);
  const replace = (next: Column, said: string) => {
    changeColumn(column.id, next);
    close();
    if (!isBlank(column)) toast(said, () => changeColumn(column.id, column));
  };
  const take = (name: string, version: Version) => replace(columnOf(column.id, version, name), `${letter} has v${version.number} of ${name} now.`);
  const saved = (version: Version, name: string) => {
    const content = columnContent(version);
    changeColumn(column.id, { content, source: { prompt_id: version.prompt_id, prompt_name: name, version_id: version.id, number: version.number, content } });
    close();
    toast(`Saved as v${version.number} of ${name}.`);
  };
  const blocked = play.marks.columns.get(column.id);
  const edited = isEdited(column);
  const menu = (
    <ColumnMenu
      letter={letter}
      column={column}
      state={state}
      mayWrite={play.mayWrite && hasSchema(column)}
      onSource={() => setSheet("source")}
      onSaveVersion={() => setSheet("version")}
      onSavePrompt={() => setSheet("prompt")}
    />
  );
  return (
    <section className="panel" aria-labelledby={heading} data-column={column.id}>
      <ColumnHead
        id={heading}
        letter={letter}
        column={column}
        canCopy={state.columns.length < MOST_COLUMNS}
        canClose={state.columns.length > 1}
        menu={menu}
        onSource={() => setSheet("source")}
        onCopy={() => change((old) => withMore(old, place + 1, column))}
        onClose={() => {
          board.stop(column.id);
          change((old) => without(old, column.id));
          toast(`Column ${letter} is closed.`, () => change((old) => withMore(old, place, column, column.id)));
        }}
      />
      <ColumnText column={column} letter={letter} onChange={(part) => changeContent(column.id, part)} onRun={onRunAll} />
      <div className="panel__body stack">
        <div className="play__settings">
          <ColumnSettings content={column.content} letter={letter} onChange={(part) => changeContent(column.id, part)} />
          <Button small className="play__run" onClick={run} disabled={!play.mayRun || isRunning(turn)} aria-keyshortcuts="Meta+Shift+Enter Control+Shift+Enter">
            <PlayIcon className="icon" aria-hidden="true" />
            Run {letter}
          </Button>
        </div>
        {blocked && <Notice kind="error">{blocked}</Notice>}
        <TurnView letter={letter} column={column.id} turns={turns} board={board} context={state.context} onRun={run} />
      </div>
      {(turn || edited) && (
        <div className="panel__foot">
          <TurnFoot turn={turn} />
          {edited && play.mayWrite && (
            <Button small className="push" disabled={!hasSchema(column)} onClick={() => setSheet("version")}>
              Save as a new version
            </Button>
          )}
        </div>
      )}
      {sheet === "source" && (
        <SourceSheet
          letter={letter}
          now={source && { id: source.prompt_id, name: source.prompt_name }}
          onVersion={take}
          onScratch={() => replace({ ...column, source: null, content: SCRATCH }, `${letter} begins with an empty text.`)}
          onClose={close}
        />
      )}
      {sheet === "version" && source && <SaveVersion source={source} column={column} onSaved={(version) => saved(version, source.prompt_name)} onClose={close} />}
      {sheet === "prompt" && (
        <SavePromptSheet
          content={asContent(column.content)}
          onSaved={({ id, name, latest_version }) => {
            const made = latest_version && { prompt_id: id, prompt_name: name, version_id: latest_version.id, number: latest_version.number, content: column.content };
            if (made) changeColumn(column.id, { source: made });
            close();
            toast(`Saved as ${name}.`);
          }}
          onClose={close}
        />
      )}
    </section>
  );
}
