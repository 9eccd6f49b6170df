import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { meOptions } from "@/features/session/api";
import { setZone } from "@/lib/format";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { changeProfile } from "./api";

interface Profile {
  email: string;
  language: string;
  time_zone: string;
}

const FIELDS = ["email", "language", "time_zone"] as const;
const ZONES = Intl.supportedValuesOf("timeZone");

/** Filled once from who is signed in; no later answer touches what was typed. */
export function ProfileForm({ me }: { me: Schemas["ProtectedRead"] }) {
  const client = useQueryClient();
  const form = useForm<Profile>({
    defaultValues: { email: me.email ?? "", language: me.language ?? "en", time_zone: me.time_zone ?? "UTC" },
  });
  const [said, setSaid] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: changeProfile,
    onSuccess: (changed, sent) => {
      client.setQueryData(meOptions.queryKey, changed);
      setZone(changed.time_zone);
      form.reset({ email: sent.email ?? "", language: sent.language ?? "", time_zone: sent.time_zone ?? "" });
      setSaid(null);
      toast("Profile saved.");
    },
    onError: (error) => setSaid(showAtFields(error, FIELDS, form.setError)),
  });
  const { errors, isDirty } = form.formState;
  return (
    <Panel title="Profile">
      <form className="stack settings__form" noValidate onSubmit={form.handleSubmit((profile) => save.mutate(profile))}>
        <dl className="kv">
          <dt>Name</dt>
          <dd>{me.user ?? me.subject}</dd>
        </dl>
        {said && <Notice kind="error">{said}</Notice>}
        <Field label="E-mail" error={errors.email?.message}>
          <input className="input" type="email" autoComplete="email" {...form.register("email", { required: "Write your e-mail address." })} />
        </Field>
        <Field label="Language" error={errors.language?.message} hint="Two letters, and a country if it matters: en, de, pt-BR.">
          <input className="input" spellCheck={false} {...form.register("language", { required: "Write a language." })} />
        </Field>
        <Field label="Time zone" error={errors.time_zone?.message} hint="As in the IANA database: Europe/Berlin, UTC.">
          <input className="input" list="time-zones" spellCheck={false} {...form.register("time_zone", { required: "Write a time zone." })} />
        </Field>
        <datalist id="time-zones">
          {ZONES.map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </datalist>
        <div className="row">
          <Button type="submit" kind={isDirty ? "primary" : "default"} busy={save.isPending} disabled={!isDirty}>
            Save profile
          </Button>
        </div>
      </form>
    </Panel>
  );
}
