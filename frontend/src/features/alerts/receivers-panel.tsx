import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { showAtFields } from "@/services/form-errors";
import { type AlertSettings, alertSettingsOptions, changeAlertSettings } from "./api";

interface ReceiversForm {
  who: "admins" | "named" | "nobody";
  addresses: string;
}

const CHOICES = [
  { value: "admins", words: "The workspace's admins" },
  { value: "named", words: "These addresses" },
  { value: "nobody", words: "Nobody" },
] as const;

const whoOf = (addresses: readonly string[] | null): ReceiversForm["who"] => (addresses === null ? "admins" : addresses.length > 0 ? "named" : "nobody");

const listed = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== "");

/** Who gets alerts by e-mail. */
export function ReceiversPanel() {
  const settings = useQuery(alertSettingsOptions);
  return (
    <Panel title="By e-mail">
      <QueryStates query={settings} failed="Who gets alerts could not be loaded." rows={2}>
        {(data) => <Receivers key={String(data.addresses)} settings={data} />}
      </QueryStates>
    </Panel>
  );
}

function Receivers({ settings: { addresses, receivers, mail_is_set_up } }: { settings: AlertSettings }) {
  const client = useQueryClient();
  const form = useForm<ReceiversForm>({ defaultValues: { who: whoOf(addresses), addresses: addresses?.join("\n") ?? "" } });
  const who = useWatch({ control: form.control, name: "who" });
  const [refusal, setRefusal] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (values: ReceiversForm) => changeAlertSettings({ addresses: values.who === "admins" ? null : values.who === "named" ? listed(values.addresses) : [] }),
    onSuccess: (saved) => {
      client.setQueryData(alertSettingsOptions.queryKey, saved);
      toast(saved.receivers.length > 0 ? `The next alert goes to ${saved.receivers.join(", ")}.` : "Nobody gets alerts by e-mail.");
    },
    onError: (error) => setRefusal(showAtFields(error, ["addresses"], form.setError)),
  });
  return (
    <form
      className="stack settings__form"
      noValidate
      onSubmit={form.handleSubmit((values) => {
        setRefusal(null);
        save.mutate(values);
      })}
    >
      {!mail_is_set_up && (
        <Notice kind="warn">
          No e-mail leaves: no mail server is set up. Whoever runs the platform sets <code>LLMOPS_SMTP_HOST</code>.
        </Notice>
      )}
      {refusal && <Notice kind="error">{refusal}</Notice>}
      <fieldset className="stack bare">
        <legend className="field__label">An alert goes to</legend>
        {CHOICES.map(({ value, words }) => (
          <label key={value} className="check">
            <input type="radio" value={value} {...form.register("who")} />
            <span>
              {words} {value === "admins" && addresses === null && <span className="t3">{receivers.join(", ")}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {who === "named" && (
        <Field label="Addresses" error={form.formState.errors.addresses?.message} hint="One a line, at most 20.">
          <textarea className="input" rows={3} spellCheck={false} {...form.register("addresses", { validate: (text) => listed(text).length > 0 || "Name at least one address." })} />
        </Field>
      )}
      <div>
        <Button type="submit" busy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
