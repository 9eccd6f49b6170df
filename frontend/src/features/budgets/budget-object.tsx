import { useQuery } from "@tanstack/react-query";
import { type UseFormReturn, useWatch } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { keysOptions } from "@/features/accounts/api";
import { type Budget, promptNamesOptions } from "./api";

export interface BudgetForm {
  scope: Budget["scope"];
  prompt_id: string;
  api_key_id: string;
  period: Budget["period"];
  time_zone: string;
  limit_usd: string;
  /** In percent. */
  alert_share: string;
  hard_stop: boolean;
}

/** Whose calls it counts, and when it starts again: another object or period is another budget. */
export function BudgetObject({ form }: { form: UseFormReturn<BudgetForm> }) {
  const scope = useWatch({ control: form.control, name: "scope" });
  const prompts = useQuery({ ...promptNamesOptions, enabled: scope === "prompt" });
  const keys = useQuery({ ...keysOptions, enabled: scope === "key" });
  const { errors } = form.formState;
  return (
    <>
      <Field label="For" error={errors.scope?.message}>
        <select className="input" {...form.register("scope")}>
          <option value="workspace">the workspace: every call</option>
          <option value="prompt">a prompt</option>
          <option value="key">an API key</option>
        </select>
      </Field>
      {scope === "prompt" && (
        <Field label="Prompt" error={errors.prompt_id?.message ?? prompts.error?.message}>
          <select className="input" {...form.register("prompt_id", { required: "Choose a prompt." })}>
            <option value="">Choose</option>
            {prompts.data?.items.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      {scope === "key" && (
        <Field label="API key" error={errors.api_key_id?.message ?? keys.error?.message}>
          <select className="input" {...form.register("api_key_id", { required: "Choose a key." })}>
            <option value="">Choose</option>
            {keys.data?.items
              .filter((key) => key.is_active)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
        </Field>
      )}
      <Field label="Period" error={errors.period?.message}>
        <select className="input" {...form.register("period")}>
          <option value="month">a month</option>
          <option value="day">a day</option>
        </select>
      </Field>
      <Field label="Time zone" error={errors.time_zone?.message} hint="Where its days and months begin.">
        <input className="input" spellCheck={false} autoComplete="off" {...form.register("time_zone", { required: "Name a time zone." })} />
      </Field>
    </>
  );
}
