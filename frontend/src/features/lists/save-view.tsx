import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { LONGEST_NAME, MOST_VIEWS, type View } from "./views";

interface SaveViewProps {
  views: readonly View[];
  onSave: (name: string) => void;
  onClose: () => void;
}

export function SaveView({ views, onSave, onClose }: SaveViewProps) {
  const form = useId();
  const [typed, setTyped] = useState("");
  const name = typed.trim();
  const replaces = views.some((view) => view.name === name);
  const isFull = !replaces && views.length >= MOST_VIEWS;
  return (
    <Dialog
      title="Save these filters"
      onClose={onClose}
      foot={
        <>
          <Button kind="primary" type="submit" form={form} disabled={name === "" || isFull}>
            {replaces ? "Replace the view" : "Save the view"}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form
        id={form}
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== "" && !isFull) onSave(name);
        }}
      >
        <Field label="Name" hint="Kept in this browser, for you alone.">
          <input className="input" autoComplete="off" maxLength={LONGEST_NAME} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <p className="small t2" role="status">
          {replaces && `There is a view named ${name}. Saving puts these filters in the place of its own.`}
          {isFull && `${MOST_VIEWS} views are the most. Delete one, or save under a name that is there already.`}
        </p>
      </form>
    </Dialog>
  );
}
