import { useQuery } from "@tanstack/react-query";
import { useFormContext } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { experimentChoicesOptions } from "@/features/review/api";
import { ExperimentOptions } from "./experiment-options";

interface JudgedWhereProps {
  /** What the choice of the experiment is called in this form. */
  label: string;
}

/** An experiment, and which of its evaluators is meant: the primary one, unless another is named. Part of a form. */
export function JudgedWhere({ label }: JudgedWhereProps) {
  const experiments = useQuery(experimentChoicesOptions);
  const { register, setValue, formState } = useFormContext<{ experiment_id: string; evaluator: string }>();
  const { errors } = formState;
  const choose = (id: string) => {
    const primary = experiments.data?.items.find((experiment) => experiment.id === id)?.primary_evaluator;
    if (primary) setValue("evaluator", primary);
  };
  return (
    <>
      {experiments.error && <Notice kind="error">{experiments.error.message}</Notice>}
      <Field label={label} error={errors.experiment_id?.message}>
        <select
          className="input"
          {...register("experiment_id", {
            required: "Choose an experiment.",
            onChange: (event: { target: { value: string } }) => choose(event.target.value),
          })}
        >
          <option value="">Choose</option>
          <ExperimentOptions of={experiments.data?.items} />
        </select>
      </Field>
      <Field label="Judge" error={errors.evaluator?.message} hint="The evaluator that judged there.">
        <input className="input" spellCheck={false} autoComplete="off" {...register("evaluator", { required: "Name the evaluator." })} />
      </Field>
    </>
  );
}
