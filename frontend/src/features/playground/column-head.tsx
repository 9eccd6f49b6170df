import { clsx } from "clsx";
import { Copy, X } from "lucide-react";
import type { ReactNode } from "react";
import { changedLines } from "@/components/editor/changed-lines";
import { IconButton } from "@/components/ui/button";
import { Chip, VersionChip } from "@/components/ui/chip";
import { plural } from "@/lib/format";
import { type Column, isEdited, partsOfColumn } from "./state";

function linesChanged({ source, content }: Column): number {
  const bases = source ? partsOfColumn(source.content) : [];
  return partsOfColumn(content).reduce((sum, part, index) => sum + changedLines(bases[index]?.content ?? "", part.content).length, 0);
}

interface ColumnHeadProps {
  id: string;
  letter: string;
  column: Column;
  canCopy: boolean;
  canClose: boolean;
  menu: ReactNode;
  onSource: () => void;
  onCopy: () => void;
  onClose: () => void;
}

export function ColumnHead({ id, letter, column, canCopy, canClose, menu, onSource, onCopy, onClose }: ColumnHeadProps) {
  const { source } = column;
  const edited = isEdited(column);
  const lines = edited ? linesChanged(column) : 0;
  return (
    <div className="panel__head">
      <h2 id={id}>
        <span className="sr">Column </span>
        {letter}
      </h2>
      {source && <VersionChip number={source.number} />}
      {edited && (
        <Chip kind="inconclusive" title="Edited, not saved">
          edited{lines > 0 && `, ${plural(lines, "line")}`}
        </Chip>
      )}
      {!source && <span className="t3">from scratch</span>}
      <button type="button" className={clsx("btn btn--small cut", source && "btn--quiet")} onClick={onSource}>
        <span className="cut">{source ? source.prompt_name : "Take a prompt"}</span>
        <span className="sr">, change what {letter} begins with</span>
      </button>
      <span className="push row">
        {canCopy && (
          <IconButton label={`Duplicate column ${letter}`} kind="quiet" small onClick={onCopy}>
            <Copy className="icon" aria-hidden="true" />
          </IconButton>
        )}
        {menu}
        {canClose && (
          <IconButton label={`Close column ${letter}`} kind="quiet" small onClick={onClose}>
            <X className="icon" aria-hidden="true" />
          </IconButton>
        )}
      </span>
    </div>
  );
}
