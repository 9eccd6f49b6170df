import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { useZone } from "@/features/analytics/zone";
import { showAtFields } from "@/services/form-errors";
import { type Budget, budgetsOptions, changeBudget, createBudget } from "./api";
import { type BudgetForm, BudgetObject } from "./budget-object";
import { nameOf, percentOf, shareOf } from "./budget-words";

const FIELDS = ["scope", "prompt_id", "api_key_id", "period", "time_zone", "limit_usd", "alert_share", "hard_stop"] as const;

const initial = (budget: Budget | undefined, zone: string): BudgetForm => ({
  scope: budget?.scope ?? "workspace",
  prompt_id: budget?.prompt_id ?? "",
  api_key_id: budget?.api_key_id ?? "",
  period: budget?.period ?? "month",
  time_zone: budget?.time_zone ?? zone,
  limit_usd: budget ? String(Number(budget.limit_usd)) : "",
  alert_share: budget ? percentOf(budget.alert_share) : "80",
  hard_stop: budget?.hard_stop ?? false,
});

interface BudgetSheetProps {
  /** What is changed; nothing for a new one. */
  budget: Budget | undefined;
  onClose: () => void;
}

/** Whose calls, how long, how much, and what happens at the end of it. */
export function BudgetSheet({ budget, onClose }: BudgetSheetProps) {
  const client = useQueryClient();
  const zone = useZone();
  const form = useForm<BudgetForm>({ defaultValues: initial(budget, zone) });
  const [refusal, setRefusal] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: ({ scope, prompt_id, api_key_id, period, time_zone, ...values }: BudgetForm) => {
      const body = { ...values, limit_usd: values.limit_usd.trim(), alert_share: shareOf(values.alert_share) };
      if (budget) return changeBudget({ id: budget.id, body });
      const object = { prompt_id: scope === "prompt" ? prompt_id : null, api_key_id: scope === "key" ? api_key_id : null };
      return createBudget({ ...body, ...object, scope, period, time_zone, enabled: true });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: budgetsOptions.queryKey });
      toast(`The budget of ${nameOf(saved)} is ${budget ? "changed" : "made"}.`);
      onClose();
    },
    onError: (error) => setRefusal(showAtFields(error, FIELDS, form.setError)),
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title={budget ? `Change the budget of ${nameOf(budget)}` : "New budget"}
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="budget" kind="primary" className="push" busy={save.isPending}>
          {budget ? "Save" : "Make the budget"}
        </Button>
      }
    >
      <form
        id="budget"
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((values) => {
          setRefusal(null);
          save.mutate(values);
        })}
      >
        {refusal && <Notice kind="error">{refusal}</Notice>}
        {!budget && <BudgetObject form={form} />}
        <Field label="Limit, in USD" error={errors.limit_usd?.message} hint="What the running period has cost so far counts in.">
          <input className="input" inputMode="decimal" autoComplete="off" {...form.register("limit_usd", { required: "Say how much." })} />
        </Field>
        <Field label="Tell at, in percent of it" error={errors.alert_share?.message} hint="Once a period: an alert, and a webhook if one hears of budgets.">
          <input className="input" inputMode="decimal" autoComplete="off" {...form.register("alert_share", { required: "Say when to tell." })} />
        </Field>
        <label className="check">
          <input type="checkbox" {...form.register("hard_stop")} />
          <span>
            Stop at the limit <span className="t2">refuses each call that does not fit, before it is made; without it, the budget only tells</span>
          </span>
        </label>
        {budget?.affected.stopped && <p className="small t2">With more room the refusals end at once. Cases that were left out run again with “Retry failed” on their experiment.</p>}
      </form>
    </Dialog>
  );
}
