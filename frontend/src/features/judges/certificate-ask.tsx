import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { askForCertificate } from "./api";
import { JudgedWhere } from "./judged-where";

const FIELDS = ["experiment_id", "evaluator", "min_kappa", "valid_days"] as const;

interface CertificateAskProps {
  onClose: () => void;
  onAsked: (certificate: string) => void;
}

/** Which experiment's labels, which judge, and how much agreement it takes. */
export function CertificateAsk({ onClose, onAsked }: CertificateAskProps) {
  const client = useQueryClient();
  const form = useForm<Schemas["CertificateCreate"]>({ defaultValues: { experiment_id: "", evaluator: "", min_kappa: 0.4, valid_days: 90 } });
  const [refusal, setRefusal] = useState<string | null>(null);
  const ask = useMutation({
    mutationFn: askForCertificate,
    onSuccess: async (certificate) => {
      await client.invalidateQueries({ queryKey: ["judges", "certificates"] });
      onAsked(certificate.id);
    },
    onError: (error) => setRefusal(showAtFields(error, FIELDS, form.setError)),
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title="Ask for a certificate"
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="certificate" kind="primary" className="push" busy={ask.isPending}>
          Examine the judge
        </Button>
      }
    >
      <form
        id="certificate"
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((body) => {
          setRefusal(null);
          ask.mutate(body);
        })}
      >
        <p className="t2">
          The judge is held against people's labels of one experiment, then against outputs that try to talk it into a better score. That asks its
          model some dozens of times.
        </p>
        {refusal && <Notice kind="error">{refusal}</Notice>}
        <FormProvider {...form}>
          <JudgedWhere label="Experiment whose labels count" />
        </FormProvider>
        <Field label="κ at its lower end, at least" error={errors.min_kappa?.message}>
          <input className="input" type="number" min={0} max={1} step={0.05} {...form.register("min_kappa", { valueAsNumber: true })} />
        </Field>
        <Field label="Valid for days" error={errors.valid_days?.message}>
          <input className="input" type="number" min={1} max={730} {...form.register("valid_days", { valueAsNumber: true })} />
        </Field>
      </form>
    </Dialog>
  );
}
