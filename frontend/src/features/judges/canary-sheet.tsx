import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/session/use-may";
import { showAtFields } from "@/services/form-errors";
import { canariesOptions, createCanary, labelsOptions } from "./api";
import { JudgedWhere } from "./judged-where";

interface CanaryForm {
  experiment_id: string;
  evaluator: string;
  case_no: number;
  /** What a right judge would score; empty where people have labelled the output. */
  value: string;
}

const FIELDS = ["experiment_id", "evaluator", "case_no", "value"] as const;
const SHOWN = 20;

/** An output to freeze: which judge is asked about which case, and what it ought to say. */
export function CanarySheet({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const mayLabel = useMay("review");
  const form = useForm<CanaryForm>({ defaultValues: { experiment_id: "", evaluator: "", value: "" } });
  const [chosen, judge] = useWatch({ control: form.control, name: ["experiment_id", "evaluator"] });
  const labels = useQuery({ ...labelsOptions(chosen), enabled: chosen !== "" });
  const [refusal, setRefusal] = useState<string | null>(null);
  const freeze = useMutation({
    mutationFn: createCanary,
    onSuccess: async (canary) => {
      await client.invalidateQueries({ queryKey: canariesOptions.queryKey });
      toast(`${canary.evaluator} is asked about this output once a day.`);
      onClose();
    },
    onError: (error) => {
      // a conflict is about the case: nobody has labelled it, or it is frozen already
      if (error.status === 409) form.setError("case_no", { message: error.detail }, { shouldFocus: true });
      else setRefusal(showAtFields(error, FIELDS, form.setError));
    },
  });
  const { errors } = form.formState;
  const labelled = labels.data?.items.filter(({ evaluator }) => evaluator === judge).map(({ case_no }) => case_no);
  const cases = [...new Set(labelled)].toSorted((one, other) => one - other);
  return (
    <Dialog
      title="New canary"
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="canary" kind="primary" className="push" busy={freeze.isPending}>
          Freeze the output
        </Button>
      }
    >
      <form
        id="canary"
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((values) => {
          setRefusal(null);
          freeze.mutate(values);
        })}
      >
        <p className="t2">
          The output of one case is kept as it is, with what people say of it. Its judge is asked about it once a day; when the answers move, the judge
          changed, not the product.
        </p>
        {refusal && <Notice kind="error">{refusal}</Notice>}
        <FormProvider {...form}>
          <JudgedWhere label="Experiment" />
        </FormProvider>
        <Field
          label="Case"
          error={errors.case_no?.message}
          hint={
            cases.length > 0
              ? `Labelled by people: ${cases.slice(0, SHOWN).join(", ")}${cases.length > SHOWN ? " and more" : ""}.`
              : "Its number in the experiment."
          }
        >
          <input
            className="input"
            type="number"
            min={0}
            step={1}
            {...form.register("case_no", {
              valueAsNumber: true,
              validate: (value) => (Number.isInteger(value) && value >= 0) || "Give the case's number.",
            })}
          />
        </Field>
        {mayLabel && (
          <Field
            label="A right judge scores"
            error={errors.value?.message}
            hint="From 0 to 1; kept as your label of this output. Empty: as people have labelled it already."
          >
            <input
              className="input"
              inputMode="decimal"
              autoComplete="off"
              {...form.register("value", {
                validate: (value) => value.trim() === "" || (Number(value) >= 0 && Number(value) <= 1) || "A number from 0 to 1.",
              })}
            />
          </Field>
        )}
      </form>
    </Dialog>
  );
}
