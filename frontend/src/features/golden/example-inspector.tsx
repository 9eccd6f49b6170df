import { Play, Trash2, X } from "lucide-react";
import { useId } from "react";
import { IconButton, Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { ButtonLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import { useDraft } from "@/lib/draft";
import { useShortcuts } from "@/lib/shortcuts";
import type { Example } from "./api";
import type { Column } from "./columns";
import type { Edits } from "./use-edits";
import { shownText } from "./use-sheet";

interface ExampleInspectorProps {
  example: Example;
  number: string;
  promptName: string;
  columns: readonly Column[];
  edits: Edits;
  mayWrite: boolean;
  onWalk: (step: 1 | -1) => void;
  onClose: () => void;
  onDelete: () => void;
}

/** One example with room for its long texts. */
export function ExampleInspector(props: ExampleInspectorProps) {
  const { example, number, promptName, columns, edits, mayWrite, onWalk, onClose, onDelete } = props;
  const heading = useId();
  useShortcuts({ "[": () => onWalk(-1), "]": () => onWalk(1), Escape: onClose });
  return (
    <aside className="inspector sticky" aria-labelledby={heading}>
      <div className="inspector__head">
        <h2 id={heading}>Example {number}</h2>
        <span className="push row">
          <IconButton label="Previous example" kind="quiet" small aria-keyshortcuts="[" onClick={() => onWalk(-1)}>
            ‹
          </IconButton>
          <IconButton label="Next example" kind="quiet" small aria-keyshortcuts="]" onClick={() => onWalk(1)}>
            ›
          </IconButton>
          <IconButton label="Close" kind="quiet" small onClick={onClose}>
            <X className="icon" aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <section className="inspector__section">
        {columns.map((column) => (
          <CellField key={`${example.id} ${column.key}`} example={example} column={column} edits={edits} mayWrite={mayWrite} />
        ))}
      </section>
      <section className="inspector__section">
        <dl className="kv">
          <dt>Added</dt>
          <dd>
            <Time at={example.created_at} /> by <bdi>{example.created_by}</bdi>
          </dd>
          <dt>Changed</dt>
          <dd>
            <Time at={example.updated_at} />, revision {example.revision}
          </dd>
          {example.source && (
            <>
              <dt>From</dt>
              <dd>
                <bdi>{example.source}</bdi>
              </dd>
            </>
          )}
        </dl>
      </section>
      <div className="inspector__foot">
        <ButtonLink to="/playground" search={{ prompt: promptName, example: example.id }}>
          <Play className="icon" aria-hidden="true" />
          Open in playground
        </ButtonLink>
        {mayWrite && (
          <Button kind="danger" onClick={onDelete}>
            <Trash2 className="icon" aria-hidden="true" />
            Delete
          </Button>
        )}
      </div>
    </aside>
  );
}

const IS_SHORT = new Set(["tags", "split", "weight"]);

interface CellFieldProps {
  example: Example;
  column: Column;
  edits: Edits;
  mayWrite: boolean;
}

/** Stored when it is left; what is being typed is kept as a draft until then. */
function CellField({ example, column, edits, mayWrite }: CellFieldProps) {
  const row = edits.unsaved[example.id];
  const shown = shownText(example, column, row);
  const draft = useDraft(`golden.${example.id}.${column.key}`, shown ?? "");
  const write = (after: string) => {
    draft.discard();
    if (after !== (shown ?? "")) edits.apply([{ id: example.id, key: column.key, before: shown, after }]);
  };
  if (column.kind === "critical")
    return (
      <label className="check">
        <input
          type="checkbox"
          checked={shown === "true"}
          disabled={!mayWrite}
          onChange={(event) => edits.apply([{ id: example.id, key: column.key, before: shown, after: String(event.currentTarget.checked) }])}
        />
        critical: if it fails, the experiment fails
      </label>
    );
  const control = {
    className: "input",
    value: draft.value,
    readOnly: !mayWrite,
    onBlur: () => {
      if (draft.isDirty) write(draft.value);
    },
  };
  const hint = column.kind === "tags" ? "; between tags" : undefined;
  return (
    <Field label={column.name} error={row?.[column.key]?.problem} hint={hint}>
      {IS_SHORT.has(column.kind) ? (
        <input {...control} onChange={(event) => draft.set(event.currentTarget.value)} />
      ) : (
        <textarea {...control} dir="auto" rows={lines(draft.value)} onChange={(event) => draft.set(event.currentTarget.value)} />
      )}
    </Field>
  );
}

const LINE = 60;
const MOST = 14;

const lines = (text: string): number =>
  Math.min(MOST, Math.max(2, text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / LINE), 0)));
