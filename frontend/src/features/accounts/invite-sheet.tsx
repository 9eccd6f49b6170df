import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { showAtFields } from "@/services/form-errors";
import type { Schemas } from "@/services/http";
import { type Role, invite } from "./api";
import { ROLES } from "./roles";

interface InviteForm {
  role: Role;
  email: string;
}

interface InviteSheetProps {
  onMade: (made: Schemas["InvitationMade"]) => void;
  onClose: () => void;
}

export function InviteSheet({ onMade, onClose }: InviteSheetProps) {
  const form = useForm<InviteForm>({ defaultValues: { role: "editor", email: "" } });
  const [said, setSaid] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: ({ role, email }: InviteForm) => invite({ role, email: email.trim() || null }),
    onSuccess: onMade,
    onError: (error) => setSaid(showAtFields(error, ["role", "email"], form.setError)),
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title="Invite somebody"
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="invite" kind="primary" className="push" busy={make.isPending}>
          Make the link
        </Button>
      }
    >
      <form id="invite" className="sheet__section" noValidate onSubmit={form.handleSubmit((values) => make.mutate(values))}>
        <p className="t2">You get a link to send to one person. It works once, for seven days. No mail is sent from here.</p>
        {said && <Notice kind="error">{said}</Notice>}
        <fieldset className="stack bare">
          <legend className="field__label">Role</legend>
          {ROLES.map((role) => (
            <label key={role.value} className="check">
              <input type="radio" value={role.value} {...form.register("role")} />
              <span>
                <b>{role.value}</b> <span className="t2">{role.may}</span>
              </span>
            </label>
          ))}
          {errors.role?.message && <span className="field__error">{errors.role.message}</span>}
        </fieldset>
        <Field label="E-mail, if the link is for one address only" error={errors.email?.message}>
          <input className="input" type="email" autoComplete="off" {...form.register("email")} />
        </Field>
      </form>
    </Dialog>
  );
}
