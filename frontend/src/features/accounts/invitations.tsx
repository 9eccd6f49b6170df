import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { Time } from "@/components/ui/time";
import type { Schemas } from "@/services/http";
import { invitationsOptions, withdrawInvitation } from "./api";
import { Secret } from "./secret";
import { SettingsTable } from "./settings-table";

interface InvitationsProps {
  /** Links just made, with what is shown once. */
  made: readonly Schemas["InvitationMade"][];
  onStored: (id: string) => void;
}

export function Invitations({ made, onStored }: InvitationsProps) {
  const client = useQueryClient();
  const invitations = useQuery(invitationsOptions);
  const withdraw = useMutation({
    mutationFn: withdrawInvitation,
    onSuccess: async (_done, id) => {
      onStored(id);
      toast("Invitation withdrawn. Its link no longer works.");
      await client.invalidateQueries({ queryKey: invitationsOptions.queryKey });
    },
  });
  return (
    <Panel title="Open invitations" beside={invitations.data && <span className="n">{invitations.data.total}</span>} flush>
      {made.map((one) => (
        <Secret key={one.id} title="The invitation is ready. Copy its link now: it is shown once." value={one.url} onStored={() => onStored(one.id)}>
          For one person, as <b>{one.role}</b>
          {one.email && <>, with the address {one.email}</>}. It ends <Time at={one.expires_at} />.
        </Secret>
      ))}
      {withdraw.isError && <Notice kind="error">{withdraw.error.detail}</Notice>}
      <QueryStates query={invitations} failed="The invitations could not be loaded." rows={2}>
        {({ items }) =>
          items.length > 0 ? (
            <SettingsTable caption="Open invitations" columns={["For", "Role", "Made by", "Ends", { name: "Actions", kind: "hidden" }]}>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>{item.email ?? "whoever has the link"}</td>
                  <td>
                    <Chip>{item.role}</Chip>
                  </td>
                  <td className="t2">{item.created_by}</td>
                  <td className="t2 nowrap">
                    <Time at={item.expires_at} />
                  </td>
                  <td className="right">
                    <Button
                      small
                      kind="danger"
                      aria-label={`Withdraw the invitation for ${item.email ?? "whoever has the link"}`}
                      busy={withdraw.isPending && withdraw.variables === item.id}
                      onClick={() => withdraw.mutate(item.id)}
                    >
                      Withdraw
                    </Button>
                  </td>
                </tr>
              ))}
            </SettingsTable>
          ) : (
            <EmptyState title="No open invitations">An invitation is a link for one person; whoever follows it chooses a name and a password.</EmptyState>
          )
        }
      </QueryStates>
    </Panel>
  );
}
