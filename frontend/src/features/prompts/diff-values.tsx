import type { ReactNode } from "react";
import { Panel } from "@/components/layout/panel";
import { plural } from "@/lib/format";
import type { Diff } from "./api";
import { told } from "./content";

interface ValueRow {
  name: string;
  before: string | null;
  after: string | null;
  note: ReactNode;
}

interface ValueTableProps {
  title: string;
  rows: readonly ValueRow[];
  oldName: string;
  newName: string;
  /** Head of the last column; without it there is none. */
  noteHead?: string;
}

function ValueTable({ title, rows, oldName, newName, noteHead }: ValueTableProps) {
  return (
    <Panel title={title} beside={<span className="n">{rows.length === 0 ? "unchanged" : plural(rows.length, "change")}</span>} flush>
      {rows.length > 0 && (
        <div className="table-wrap" role="group" aria-label={`${title}; scrolls sideways`} tabIndex={0}>
          <table className="table">
            <caption className="sr">{title}</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">{oldName}</th>
                <th scope="col">{newName}</th>
                {noteHead && <th scope="col">{noteHead}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, before, after, note }) => (
                <tr key={name} data-change tabIndex={-1}>
                  <td>
                    <code>{name}</code>
                  </td>
                  <td>{before === null ? <span className="t3">not set</span> : <del>{before}</del>}</td>
                  <td>{after === null ? <span className="t3">not set</span> : <ins>{after}</ins>}</td>
                  {noteHead && <td className="t2 small">{note}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

const SCHEMA = "/response_schema";
const isSchema = ({ path }: { path: string }) => path.startsWith(SCHEMA);
const nameOf = (path: string) =>
  path
    .replace(/^\/(parameters\/)?/, "")
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");

/** What differs besides the text: variables, model and parameters, schema. */
export function DiffValues({ diff, oldName, newName }: { diff: Diff; oldName: string; newName: string }) {
  const variables = [
    ...diff.variables.added.map((name) => ({ name, before: null, after: "read", note: "An example without a value for it fails, unless the text asks first whether it is there." })),
    ...diff.variables.removed.map((name) => ({ name, before: "read", after: null, note: "Examples may keep a value for it; no line uses it any more." })),
  ];
  const values = diff.parameters.map(({ path, old, new: now }) => ({ path, name: nameOf(path), before: told(old), after: told(now), note: null }));
  return (
    <>
      <ValueTable title="Variables" rows={variables} oldName={oldName} newName={newName} noteHead="Can it matter?" />
      <ValueTable title="Model and parameters" rows={values.filter((row) => !isSchema(row))} oldName={oldName} newName={newName} />
      <ValueTable title="Response schema" rows={values.filter(isSchema)} oldName={oldName} newName={newName} />
    </>
  );
}
