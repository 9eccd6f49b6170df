import { UnfoldVertical } from "lucide-react";
import { Fragment, type ReactNode, useMemo, useState } from "react";
import { type TemplateFormat, templateSpans } from "@/components/editor/template-spans";
import { plural } from "@/lib/format";
import { type Cell, type DiffHunk, type DiffView, type Row, stretchesOf } from "./diff-rows";

interface DiffTableProps {
  hunks: readonly DiffHunk[];
  view: DiffView;
  /** Says what is compared, as in "Template, v7 at the left, v9 at the right". */
  caption: string;
  oldHead: ReactNode;
  newHead: ReactNode;
  hideWhitespace?: boolean;
  /** Unchanged lines kept around a change. */
  context?: number;
  /** Whose tags are drawn as variables; none when left out. */
  format?: TemplateFormat;
}

/** Rows that begin a change carry `data-change`: the page walks them. */
export function DiffTable({ hunks, view, caption, oldHead, newHead, hideWhitespace, context, format }: DiffTableProps) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const stretches = useMemo(() => stretchesOf(hunks, { view, hideWhitespace, context }), [hunks, view, hideWhitespace, context]);
  const split = view === "split";
  const show = (index: number) => setOpen(new Set([...open, index]));
  const rowOf = (row: Row, index: number, all: readonly Row[]) => {
    const first = row.changed && !all[index - 1]?.changed;
    return (
      <tr key={index} data-change={first || undefined} tabIndex={first ? -1 : undefined}>
        {split ? <SplitCells row={row} format={format} /> : <UnifiedCells row={row} format={format} />}
      </tr>
    );
  };
  return (
    <div className="table-wrap" tabIndex={0} role="group" aria-label={`${caption}; scrolls sideways`}>
      <table className={split ? "diff-table" : "diff-table diff-table--unified"}>
        <caption className="sr">{caption}</caption>
        <colgroup>
          <col className="diff-table__number" />
          <col className={split ? undefined : "diff-table__number"} />
          {split && <col className="diff-table__number" />}
          <col />
        </colgroup>
        <thead>
          <tr>
            <th colSpan={split ? 2 : 3} scope="col">
              {oldHead}
              {!split && <span className="t3"> → </span>}
              {!split && newHead}
            </th>
            {split && (
              <th colSpan={2} scope="col">
                {newHead}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {stretches.map((stretch, index) => (
            <Fragment key={index}>
            {stretch.folded && !open.has(index) ? (
              <tr className="foldrow">
                <td colSpan={split ? 4 : 3}>
                  <button type="button" className="btn btn--quiet btn--small" onClick={() => show(index)}>
                    <UnfoldVertical className="icon" aria-hidden="true" />
                    <span className="sr">Show </span>
                    {plural(stretch.rows.length, "unchanged line")}
                  </button>
                </td>
              </tr>
            ) : (
              stretch.rows.map(rowOf)
            )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellsProps {
  row: Row;
  format: TemplateFormat | undefined;
}

function SplitCells({ row, format }: CellsProps) {
  const side = (cell: Cell | null, mark: "del" | "add") => {
    const look = row.changed ? mark : "";
    return (
      <>
        <td className={cell ? `ln ${look}` : "ln"}>{cell?.number}</td>
        {cell ? <Line cell={cell} look={look} format={format} /> : <td className="void" aria-label="no line" />}
      </>
    );
  };
  return (
    <>
      {side(row.old, "del")}
      {side(row.new, "add")}
    </>
  );
}

function UnifiedCells({ row, format }: CellsProps) {
  const look = row.changed ? (row.old ? "del" : "add") : "";
  const cell = row.new ?? row.old;
  return (
    <>
      <td className={`ln ${look}`}>{row.old?.number}</td>
      <td className={`ln ${look}`}>{row.new?.number}</td>
      {cell && <Line cell={cell} look={look} format={format} />}
    </>
  );
}

const SAID = { del: "removed: ", add: "added: ", "": "" };

function Line({ cell, look, format }: { cell: Cell; look: "del" | "add" | ""; format: TemplateFormat | undefined }) {
  return (
    <td className={look} data-sign={look === "" ? " " : look === "del" ? "\u2212" : "+"}>
      {look && <span className="sr">{SAID[look]}</span>}
      <div dir="auto">
        {cell.words.map((word, index) => {
          const text = word.text.replace(/\n$/, look && word.op !== "equal" && word.text === "\n" ? "\u21b5" : "");
          if (!look || word.op === "equal") return <Tagged key={index} text={text} format={format} />;
          return look === "del" ? <del key={index}>{text}</del> : <ins key={index}>{text}</ins>;
        })}
      </div>
    </td>
  );
}

function Tagged({ text, format }: { text: string; format: TemplateFormat | undefined }) {
  if (!format || !text.includes("{")) return text;
  let end = 0;
  const told: ReactNode[] = [];
  for (const span of templateSpans(text, format)) {
    told.push(text.slice(end, span.start), <span key={span.start} className="var">{text.slice(span.start, span.end)}</span>);
    end = span.end;
  }
  return [...told, text.slice(end)];
}
