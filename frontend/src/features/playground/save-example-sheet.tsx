import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { toast } from "@/components/ui/toast";
import { addExample, examplesKey } from "@/features/golden/api";
import type { Schemas } from "@/services/http";
import { type PlaygroundState, type Source, letterOf } from "./state";
import type { TurnBoard } from "./turn-board";
import { valuesFor } from "./variables";

const FORM = "save-example";

interface SaveExampleSheetProps {
  source: Source;
  state: PlaygroundState;
  board: TurnBoard;
  onClose: () => void;
}

/** The values of the fields, and what a good answer to them is. */
export function SaveExampleSheet({ source, state, board, onClose }: SaveExampleSheetProps) {
  const client = useQueryClient();
  const [expected, setExpected] = useState(state.expected);
  const { values, missing } = valuesFor(source.content, state.variables);
  const outputs = state.columns.flatMap((column, index) => {
    const { all, shown } = board.of(column.id);
    const text = all[shown]?.text ?? "";
    return text === "" ? [] : [{ letter: letterOf(index), text }];
  });
  const save = useMutation({
    mutationFn: () => {
      const body = { input_data: values as Schemas["ExampleCreate"]["input_data"], tags: [], split: "test", weight: 1, critical: false, source: "playground" };
      return addExample({ promptId: source.prompt_id, body: { ...body, expected_output: expected || null, context: state.context || null } });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: examplesKey(source.prompt_id) });
      toast(`Saved as a golden example of ${source.prompt_name}.`);
      onClose();
    },
  });
  return (
    <Dialog
      title={`Golden example of ${source.prompt_name}`}
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form={FORM} kind="primary" className="push" busy={save.isPending} disabled={missing.length > 0}>
          Save example
        </Button>
      }
    >
      <form
        id={FORM}
        className="sheet__section"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {save.error && (
          <Notice kind="error">
            {save.error.detail || save.error.title} {save.error.errors.map((one) => one.detail).join(" ")}
          </Notice>
        )}
        {missing.length > 0 && <Notice kind="warn">Give {missing.join(", ")} a value first: an example has one for each variable of the prompt.</Notice>}
        <dl className="kv">
          {Object.entries(values).map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </Fragment>
          ))}
        </dl>
        {outputs.length > 0 && (
          <div className="row wrap">
            <span className="small t2">Take the expected output from</span>
            <Segmented
              label="Output"
              options={outputs.map(({ letter }) => ({ value: letter, label: letter }))}
              value={outputs.find(({ text }) => text === expected)?.letter ?? ""}
              onChange={(letter) => setExpected(outputs.find((output) => output.letter === letter)?.text ?? expected)}
            />
          </div>
        )}
        <Field label="Expected output" hint="Correct it where it is not what you want to see.">
          <textarea className="input" dir="auto" rows={6} value={expected} onChange={(event) => setExpected(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
