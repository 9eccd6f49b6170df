import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { Time } from "@/components/ui/time";
import { moment } from "@/lib/format";
import { type Member, type Role, changeRole, membersOptions, removeMember } from "./api";
import { ConfirmByName } from "./confirm-by-name";
import { ROLES } from "./roles";
import { SettingsTable } from "./settings-table";

export function MembersTable({ members }: { members: readonly Member[] }) {
  const client = useQueryClient();
  const [doomed, setDoomed] = useState<Member | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: membersOptions.queryKey });
  const change = useMutation({ mutationFn: changeRole, onSettled: refresh });
  const give = (member: Member, role: Role) =>
    change.mutate(
      { user_id: member.user_id, role },
      {
        onSuccess: () => toast(`${member.username} is ${role} now.`, () => change.mutate({ user_id: member.user_id, role: member.role })),
      },
    );
  const remove = useMutation({
    mutationFn: removeMember,
    onSuccess: async () => {
      setDoomed(null);
      toast("Member removed. What they made stays.");
      await refresh();
    },
  });
  return (
    <>
      {change.isError && <Notice kind="error">{change.error.detail || change.error.title}</Notice>}
      <SettingsTable caption="Members" columns={["Name", "E-mail", "Role", "Joined", "Last seen", { name: "Actions", kind: "hidden" }]}>
        {members.map((member) => (
          <tr key={member.user_id}>
            <td className="nowrap">
              <b>{member.username}</b> {member.is_owner && <Chip kind="label">owner</Chip>}
            </td>
            <td className="t2">{member.email}</td>
            <td>
              <select
                className="input"
                aria-label={`Role of ${member.username}`}
                value={change.isPending && change.variables.user_id === member.user_id ? change.variables.role : member.role}
                disabled={member.is_owner}
                onChange={(event) => {
                  const chosen = ROLES.find((role) => role.value === event.target.value);
                  if (chosen) give(member, chosen.value);
                }}
              >
                {ROLES.map((role) => (
                  <option key={role.value}>{role.value}</option>
                ))}
              </select>
            </td>
            <td className="t2 nowrap">{moment(member.joined_at)}</td>
            <td className="t2 nowrap">{member.last_seen_at ? <Time at={member.last_seen_at} /> : "never"}</td>
            <td className="right">
              {!member.is_owner && (
                <Button small kind="danger" aria-label={`Remove ${member.username}`} onClick={() => setDoomed(member)}>
                  Remove
                </Button>
              )}
            </td>
          </tr>
        ))}
      </SettingsTable>
      {doomed && (
        <ConfirmByName
          title={`Remove ${doomed.username}`}
          name={doomed.username}
          button="Remove member"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(doomed.user_id)}
          onClose={() => {
            remove.reset();
            setDoomed(null);
          }}
        >
          Their sessions, API keys and open invitations end at once. What they made stays, under their name.
        </ConfirmByName>
      )}
    </>
  );
}
