import { ChevronLeft, ChevronRight } from "lucide-react";
import { type Ref, useEffect, useRef } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import type { Play } from "./use-playground";
import type { PlaygroundState } from "./state";
import { sharedVariables, valueIn } from "./variables";

interface VariableFieldProps {
  name: string;
  readBy: readonly string[];
  variables: PlaygroundState["variables"];
  error: string | undefined;
  columns: number;
  onChange: Play["setVariable"];
  field: Ref<HTMLTextAreaElement>;
}

const rowsFor = (text: string): number => Math.min(9, Math.max(text.length > 40 ? 3 : 1, text.split("\n").length));

function VariableField({ name, readBy, variables, error, columns, onChange, field }: VariableFieldProps) {
  const value = valueIn(variables, name);
  const isJson = value?.json ?? false;
  const label = (
    <>
      {name} {readBy.length > 0 && readBy.length < columns && <span className="n">only {readBy.join(", ")}</span>}
    </>
  );
  return (
    <>
      <Field label={label} error={error}>
        <textarea
          ref={field}
          className={isJson ? "input mono" : "input"}
          dir="auto"
          rows={rowsFor(value?.text ?? "")}
          value={value?.text ?? ""}
          onChange={({ target: { value: text } }) => onChange(name, text === "" ? undefined : { text, json: isJson })}
        />
      </Field>
      {value && (isJson || isStructure(value.text)) && (
        <label className="check small">
          <input type="checkbox" checked={isJson} onChange={(event) => onChange(name, { text: value.text, json: event.target.checked })} />
          <span>
            <span className="sr">{name} </span>is JSON, not a text
          </span>
        </label>
      )}
    </>
  );
}

/** Whether a text could be meant as more than a text. */
function isStructure(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

interface VariablesPanelProps {
  play: Play;
  /** Of the prompt whose examples fill the fields; null without one. */
  canFill: boolean;
  onPick: () => void;
  onStep: (by: 1 | -1) => void;
  /** Null where no prompt could take it. */
  onSaveExample: (() => void) | null;
}

/** One value for each name any column reads, and what a good answer would be. */
export function VariablesPanel({ play, canFill, onPick, onStep, onSaveExample }: VariablesPanelProps) {
  const { state, marks, setVariable, change } = play;
  const shared = sharedVariables(state.columns);
  const marked = useRef<HTMLTextAreaElement>(null);
  const { focus } = marks;
  useEffect(() => {
    if (focus) marked.current?.focus();
  }, [focus]);
  const { example } = state;
  return (
    <section className="panel" aria-labelledby="playground-variables">
      <div className="panel__head">
        <h2 id="playground-variables">Variables</h2>
        {canFill && (
          <span className="push row small t3 nowrap">
            {example?.position && `${example.position}${example.total === null ? "" : ` of ${example.total}`}`}
            <IconButton label="Previous example" kind="quiet" small aria-keyshortcuts="[" onClick={() => onStep(-1)}>
              <ChevronLeft className="icon" aria-hidden="true" />
            </IconButton>
            <IconButton label="Next example" kind="quiet" small aria-keyshortcuts="]" onClick={() => onStep(1)}>
              <ChevronRight className="icon" aria-hidden="true" />
            </IconButton>
          </span>
        )}
      </div>
      <div className="panel__body stack">
        {shared.length === 0 && (
          <p className="small t2">
            The prompts read no variables. Write <code>{"{{ name }}"}</code> in one, and its field is here.
          </p>
        )}
        {shared.map(({ name, readBy }) => (
          <VariableField
            key={name}
            name={name}
            readBy={readBy}
            variables={state.variables}
            error={marks.variables.get(name)}
            columns={state.columns.length}
            onChange={setVariable}
            field={focus?.name === name ? marked : null}
          />
        ))}
        <Field label="Expected output">
          <textarea className="input" dir="auto" rows={2} value={state.expected} onChange={(event) => change((old) => ({ ...old, expected: event.target.value }))} />
        </Field>
        <details className="fold">
          <summary>Context for the judge{state.context !== "" && ", given"}</summary>
          <Field label="What an answer has to be grounded in">
            <textarea className="input" dir="auto" rows={4} value={state.context} onChange={(event) => change((old) => ({ ...old, context: event.target.value }))} />
          </Field>
        </details>
      </div>
      <div className="panel__foot">
        {canFill ? (
          <Button small onClick={onPick}>
            Fill from example
          </Button>
        ) : (
          <span>Choose a prompt of the library in a column to fill from its golden examples.</span>
        )}
        {play.mayWrite && onSaveExample && (
          <Button small onClick={onSaveExample}>
            Save as example
          </Button>
        )}
      </div>
    </section>
  );
}
