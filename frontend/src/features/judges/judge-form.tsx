import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useDraft } from "@/lib/draft";
import { showAtFields } from "@/services/form-errors";
import { ApiError, type Schemas } from "@/services/http";
import { type Evaluator, modelChoicesOptions } from "./api";
import { type OptionField, optionFields, optionNamed, optionsOf, valuesOf } from "./option-fields";
import { type JudgeForm, OptionInputs } from "./option-inputs";

interface JudgeFormFieldsProps {
  /** Under which the unsaved text is kept. */
  draftKey: string;
  evaluators: readonly Evaluator[];
  /** What is changed; nothing for a new judge, which is asked for a name as well. */
  from?: Schemas["JudgeVersionRead"];
  button: string;
  /** Rejects with what the server said. */
  save: (body: Schemas["JudgeVersionCreate"], named: Pick<JudgeForm, "name" | "description">) => Promise<void>;
  children?: ReactNode;
}

const FIRST = "rubric";

function initial(evaluators: readonly Evaluator[], from?: Schemas["JudgeVersionRead"]): JudgeForm {
  const name = from?.evaluator ?? evaluators.find((one) => one.name === FIRST)?.name ?? evaluators[0]?.name ?? "";
  const fields = optionFields(evaluators.find((one) => one.name === name), from?.options);
  return { name: "", description: "", evaluator: name, model: from?.model ?? "", message: "", options: valuesOf(fields, from?.options ?? {}) };
}

const said = (error: ApiError, fields: readonly OptionField[]): ApiError => {
  const errors = error.errors.map((one) => {
    const option = one.pointer.startsWith("#/options") ? optionNamed(one.detail, fields) : undefined;
    return option ? { ...one, pointer: `#/options/${option}` } : one;
  });
  return new ApiError(error.status, error.code, error.title, error.detail, errors, error.requestId, error.body);
};

/** A judge's version as a form: the evaluator, its options by their schema, its model, and why. */
export function JudgeFormFields({ draftKey, evaluators, from, button, save, children }: JudgeFormFieldsProps) {
  const draft = useDraft<JudgeForm>(draftKey, initial(evaluators, from));
  const form = useForm<JudgeForm>({ defaultValues: draft.value });
  const [refusal, setRefusal] = useState<string | null>(null);
  const list = useId();
  const chosenName = useWatch({ control: form.control, name: "evaluator" });
  const evaluator = evaluators.find(({ name }) => name === chosenName);
  const storedOf = (name: string | undefined) => (from && from.evaluator === name ? from.options : {});
  const fields = optionFields(evaluator, storedOf(chosenName));
  const [isChoosingModel, setChoosingModel] = useState(false);
  const models = useQuery({ ...modelChoicesOptions, enabled: isChoosingModel });
  const { errors, isSubmitting } = form.formState;
  const keep = draft.set;

  useEffect(() => form.subscribe({ formState: { values: true }, callback: ({ values }) => keep(values) }), [form, keep]);

  const choose = (name: string) => {
    const next = evaluators.find((one) => one.name === name);
    form.setValue("options", valuesOf(optionFields(next, storedOf(name)), storedOf(name)));
    if (!next?.needs_model) form.setValue("model", "");
  };
  const submit = async ({ name, description, evaluator: chosen, model, message, options }: JudgeForm) => {
    const read = optionsOf(fields, options);
    for (const option of read.unreadable) form.setError(`options.${option}`, { message: "This is not JSON." });
    if (read.unreadable.length > 0) return;
    try {
      await save({ evaluator: chosen, options: read.options, model: model.trim() || null, message }, { name: name.trim(), description });
      draft.discard();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const paths = fields.map((field) => `options.${field.name}` as const);
      if (error.code === "name_taken") form.setError("name", { message: error.detail }, { shouldFocus: true });
      else setRefusal(showAtFields(said(error, fields), ["name", "description", "evaluator", "model", "message", ...paths], form.setError));
    }
  };
  return (
    <form
      className="sheet__section"
      noValidate
      onSubmit={(event) => {
        setRefusal(null);
        void form.handleSubmit(submit)(event);
      }}
    >
      {children}
      {refusal && <Notice kind="error">{refusal}</Notice>}
      {!from && (
        <>
          <Field label="Name" error={errors.name?.message} hint="Experiments name it as judge:name; small letters, digits and . _ - /">
            <input className="input" spellCheck={false} autoComplete="off" {...form.register("name", { required: "Give it a name." })} />
          </Field>
          <Field label="What it is for" error={errors.description?.message}>
            <input className="input" {...form.register("description")} />
          </Field>
        </>
      )}
      <Field label="Evaluator" error={errors.evaluator?.message} hint={evaluator?.summary}>
        <select className="input" {...form.register("evaluator", { onChange: (event: { target: { value: string } }) => choose(event.target.value) })}>
          {evaluators.map(({ name, needs_model }) => (
            <option key={name} value={name}>
              {name} ({needs_model ? "asks a model" : "deterministic"})
            </option>
          ))}
        </select>
      </Field>
      <OptionInputs key={evaluator?.name} form={form} fields={fields} />
      {evaluator?.needs_model && (
        <Field label="Model" error={errors.model?.message} hint="Empty: the experiment's judge model is asked.">
          <input
            className="input"
            list={list}
            spellCheck={false}
            placeholder="provider:model"
            onFocus={() => setChoosingModel(true)}
            {...form.register("model")}
          />
        </Field>
      )}
      <datalist id={list}>
        {models.data?.items.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      <Field label={from ? "What changed and why" : "Message"} error={errors.message?.message}>
        <textarea className="input" rows={2} {...form.register("message")} />
      </Field>
      <div>
        <Button type="submit" kind="primary" busy={isSubmitting}>
          {button}
        </Button>
      </div>
    </form>
  );
}
