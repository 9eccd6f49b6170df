import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { showAtFields } from "@/services/form-errors";
import { createPrice, pricesOptions } from "./api";

interface PriceForm {
  model: string;
  input_usd: string;
  output_usd: string;
  valid_from: string;
}

const FIELDS = ["model", "input_usd", "output_usd", "valid_from"] as const;
const today = (): string => new Date().toISOString().slice(0, 10);
const SAY = "Say how much.";

interface PriceSheetProps {
  model: string;
  onClose: () => void;
}

/** A price is a dated fact: a change is another one with a later day. */
export function PriceSheet({ model, onClose }: PriceSheetProps) {
  const client = useQueryClient();
  const known = useQuery(pricesOptions);
  const names = useId();
  const form = useForm<PriceForm>({ defaultValues: { model, input_usd: "", output_usd: "", valid_from: today() } });
  const [refusal, setRefusal] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: createPrice,
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: pricesOptions.queryKey });
      toast(`${made.model} has a price of its own.`);
      onClose();
    },
    onError: (error) => {
      if (error.status === 409) form.setError("valid_from", { message: error.detail }, { shouldFocus: true });
      else setRefusal(showAtFields(error, FIELDS, form.setError));
    },
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title="Set a price"
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="price" kind="primary" className="push" busy={save.isPending}>
          Set the price
        </Button>
      }
    >
      <form
        id="price"
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((values) => {
          setRefusal(null);
          save.mutate(values);
        })}
      >
        {refusal && <Notice kind="error">{refusal}</Notice>}
        <Field label="Model" error={errors.model?.message} hint="provider:model, such as openai:gpt-5-mini.">
          <input className="input mono" list={names} spellCheck={false} autoComplete="off" {...form.register("model", { required: "Name a model." })} />
        </Field>
        <datalist id={names}>
          {known.data?.items.map((one) => <option key={one.model}>{one.model}</option>)}
        </datalist>
        <Field label="A million tokens in, USD" error={errors.input_usd?.message}>
          <input className="input" inputMode="decimal" autoComplete="off" {...form.register("input_usd", { required: SAY })} />
        </Field>
        <Field label="A million tokens out, USD" error={errors.output_usd?.message}>
          <input className="input" inputMode="decimal" autoComplete="off" {...form.register("output_usd", { required: SAY })} />
        </Field>
        <Field label="From" error={errors.valid_from?.message} hint="A day in UTC; the price list counts until then.">
          <input className="input" type="date" {...form.register("valid_from", { required: "Name a day." })} />
        </Field>
      </form>
    </Dialog>
  );
}
