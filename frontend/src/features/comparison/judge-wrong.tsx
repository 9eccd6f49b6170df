import { type FormEvent, type KeyboardEvent, useId } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { useDraft } from "@/lib/draft";
import { decimal } from "@/lib/format";
import { fieldOf } from "@/services/form-errors";
import type { ApiError } from "@/services/http";
import type { Judged } from "./api";
import { useSaveLabel } from "./use-labels";

interface JudgeWrongProps {
  experimentId: string;
  caseNo: number;
  judged: Judged;
  /** Of the version whose output it is. */
  name: string;
  onClose: () => void;
}

interface Correction {
  value: string;
  hallucinated: "yes" | "no" | "";
  comment: string;
}

const BLANK: Correction = { value: "", hallucinated: "", comment: "" };
const ANSWERS = [
  { value: "yes", label: "Yes" },
  { value: "no", label: "No" },
] as const;

const at = (error: ApiError | null, field: string): string | undefined =>
  error?.errors.find((problem) => fieldOf(problem.pointer).startsWith(field))?.detail;

/** A person's word against the judge's: kept beside it, and counted where the judge is examined. */
export function JudgeWrong({ experimentId, caseNo, judged, name, onClose }: JudgeWrongProps) {
  const heading = useId();
  const draft = useDraft(`label.${experimentId}.${caseNo}.${judged.evaluator}`, BLANK);
  const said = draft.value;
  const set = (change: Partial<Correction>) => draft.set({ ...said, ...change });
  const save = useSaveLabel(judged, () => {
    draft.discard();
    onClose();
  });
  const value = said.value.trim() === "" ? null : Number(said.value.replace(",", "."));
  const wrongValue = value !== null && !(value >= 0 && value <= 1) ? "A score is a number from 0 to 1." : undefined;
  const asksClaims = judged.hallucination !== null;
  const isBlank = value === null && said.hallucinated === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrongValue || isBlank) return;
    save.mutate({
      experiment_id: experimentId,
      case_no: caseNo,
      evaluator: judged.evaluator,
      value,
      hallucinated: said.hallucinated === "" ? null : said.hallucinated === "yes",
      comment: said.comment,
    });
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // closes this form and not the case
    event.stopPropagation();
    onClose();
  };
  return (
    // the form listens for Escape of its own fields
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form className="inspector__section" aria-labelledby={heading} onSubmit={submit} onKeyDown={leave} noValidate>
      <h3 id={heading}>What would a right judge say of {name}?</h3>
      <Field
        label="Score, 0 to 1"
        hint={`${judged.evaluator} said ${judged.score === null ? "nothing" : decimal(judged.score)}.`}
        error={wrongValue ?? at(save.error, "value")}
      >
        <input className="input" inputMode="decimal" value={said.value} onChange={(event) => set({ value: event.target.value })} autoFocus />
      </Field>
      {asksClaims && (
        <div className="row wrap">
          <span className="field__label">Does it claim what no source says?</span>
          <Segmented label="Does it claim what no source says?" options={ANSWERS} value={said.hallucinated} onChange={(answer) => set({ hallucinated: answer })} />
        </div>
      )}
      <Field label="Why" error={at(save.error, "comment")}>
        <textarea className="input" rows={2} value={said.comment} onChange={(event) => set({ comment: event.target.value })} />
      </Field>
      {save.error && save.error.errors.length === 0 && <Notice kind="error">{save.error.detail || save.error.title}</Notice>}
      <div className="row">
        <Button type="submit" small busy={save.isPending} disabled={isBlank || wrongValue !== undefined}>
          Save your judgment
        </Button>
        <Button kind="quiet" small onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
