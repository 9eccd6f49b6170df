import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import type { Schemas } from "@/services/http";
import { invitationsOptions, membersOptions } from "./api";
import { Invitations } from "./invitations";
import { InviteSheet } from "./invite-sheet";
import { MembersTable } from "./members-table";
import { ROLES } from "./roles";

interface MembersSectionProps {
  isInviting: boolean;
  onClose: () => void;
}

export function MembersSection({ isInviting, onClose }: MembersSectionProps) {
  const isAdmin = useMay("admin");
  const client = useQueryClient();
  const members = useQuery({ ...membersOptions, enabled: isAdmin });
  const [made, setMade] = useState<readonly Schemas["InvitationMade"][]>([]);
  if (!isAdmin) return <MayNot to="see and invite members" />;
  return (
    <>
      <Panel
        title="Members"
        beside={members.data && <span className="n">{members.data.total}</span>}
        foot={ROLES.map((role) => (
          <span key={role.value}>
            <b>{role.value}</b> {role.may}.
          </span>
        ))}
        flush
      >
        <QueryStates query={members} failed="The members could not be loaded.">
          {({ items }) => <MembersTable members={items} />}
        </QueryStates>
      </Panel>
      <Invitations made={made} onStored={(id) => setMade((before) => before.filter((one) => one.id !== id))} />
      {isInviting && (
        <InviteSheet
          onClose={onClose}
          onMade={(one) => {
            setMade((before) => [one, ...before]);
            void client.invalidateQueries({ queryKey: invitationsOptions.queryKey });
            onClose();
          }}
        />
      )}
    </>
  );
}
