import type { UseFormReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import type { OptionField, OptionValues } from "./option-fields";

export interface JudgeForm {
  name: string;
  description: string;
  evaluator: string;
  model: string;
  message: string;
  options: OptionValues;
}

interface OptionInputsProps {
  form: UseFormReturn<JudgeForm>;
  fields: readonly OptionField[];
}

const HINTS: Partial<Record<OptionField["kind"], string>> = { lines: "One a line.", json: "JSON." };

/** A control for each option the evaluator says it has. */
export function OptionInputs({ form, fields }: OptionInputsProps) {
  const { errors } = form.formState;
  return fields.map((field) => {
    const path = `options.${field.name}` as const;
    const error = errors.options?.[field.name]?.message;
    if (field.kind === "yes-no") {
      return (
        <label key={field.name} className="check">
          <input type="checkbox" {...form.register(path)} />
          {field.label}
        </label>
      );
    }
    return (
      <Field key={field.name} label={field.label} error={error} hint={[field.about, HINTS[field.kind]].filter(Boolean).join(" ")}>
        <OptionControl field={field} {...form.register(path)} />
      </Field>
    );
  });
}

type ControlProps = { field: OptionField; id?: string } & ReturnType<UseFormReturn<JudgeForm>["register"]>;

function OptionControl({ field, ...rest }: ControlProps) {
  switch (field.kind) {
    case "choice":
      return (
        <select className="input" {...rest}>
          {field.standard === "" && <option value="">standard</option>}
          {field.choices.map((choice) => (
            <option key={choice} value={String(choice)}>
              {choice}
            </option>
          ))}
        </select>
      );
    case "number":
      return <input className="input" type="number" step={field.isWhole ? 1 : "any"} {...rest} min={field.least} max={field.most} />;
    case "json":
      return <textarea className="input mono" rows={3} spellCheck={false} {...rest} />;
    default:
      return <textarea className="input" rows={field.kind === "lines" ? 4 : 3} dir="auto" {...rest} />;
  }
}
