import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { DiffTable } from "@/components/diff/diff-table";
import { QueryStates } from "@/components/layout/states";
import { diffOptions } from "./api";
import { type Content, otherChanges, textOf } from "./content";
import { hunksOf } from "./local-diff";

interface OwnChangeProps {
  before: Content;
  after: Content;
  oldHead: string;
  newHead: string;
}

/** What the draft changes, words and values. */
export function OwnChange({ before, after, oldHead, newHead }: OwnChangeProps) {
  const asMessages = before.messages !== null || after.messages !== null;
  const [old, now] = [textOf(before, asMessages), textOf(after, asMessages)];
  const hunks = useMemo(() => hunksOf(old, now), [old, now]);
  const values = otherChanges(before, after);
  return (
    <>
      {old === now ? (
        <p className="small t2">The text stays the same.</p>
      ) : (
        <div className="well">
          <DiffTable hunks={hunks} view="unified" caption={`Text, from ${oldHead} to ${newHead}`} oldHead={oldHead} newHead={newHead} format={after.template_format} />
        </div>
      )}
      {values.length > 0 && (
        <ul className="stack small">
          {values.map(({ name, before: was, after: is }) => (
            <li key={name} className="row wrap">
              <code>{name}</code>
              {was === null ? <span className="t3">not set</span> : <del>{was}</del>}
              <span aria-hidden="true">→</span>
              {is === null ? <span className="t3">not set</span> : <ins>{is}</ins>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface TheirChangeProps {
  from: { id: string; number: number };
  to: { id: string; number: number };
}

/** What somebody else saved meanwhile. */
export function TheirChange({ from, to }: TheirChangeProps) {
  const diff = useQuery(diffOptions(from.id, to.id));
  return (
    <QueryStates query={diff} failed="Their change could not be loaded." rows={3}>
      {({ unified, hunks, parameters }) => (
        <>
          {unified === "" ? (
            <p className="small t2">Their text is the same as v{from.number}.</p>
          ) : (
            <div className="well">
              <DiffTable hunks={hunks} view="unified" caption={`What v${to.number} changed`} oldHead={`v${from.number}`} newHead={`v${to.number}`} />
            </div>
          )}
          {parameters.length > 0 && <p className="small t2">Also changed: {parameters.map(({ path }) => path.slice(1)).join(", ")}.</p>}
        </>
      )}
    </QueryStates>
  );
}
