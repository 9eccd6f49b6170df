import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { Time } from "@/components/ui/time";
import { signOut } from "@/features/session/api";
import { moment } from "@/lib/format";
import { revokeSession, sessionsOptions } from "./api";
import { browserName } from "./browser-name";
import { SettingsTable } from "./settings-table";

function SignOutButton() {
  const client = useQueryClient();
  const router = useRouter();
  const out = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await router.navigate({ to: "/sign-in" });
      client.removeQueries({ type: "inactive" });
    },
  });
  return (
    <>
      {out.isError && <span className="field__error">{out.error.detail}</span>}
      <Button small busy={out.isPending} onClick={() => out.mutate()}>
        <LogOut className="icon" aria-hidden="true" />
        Sign out
      </Button>
    </>
  );
}

export function OpenSessions() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsOptions);
  const end = useMutation({
    mutationFn: revokeSession,
    onSuccess: async () => {
      toast("Session ended. That browser has to sign in again.");
      await client.invalidateQueries({ queryKey: sessionsOptions.queryKey });
    },
  });
  return (
    <Panel
      title="Where you are signed in"
      beside={sessions.data && <span className="n">{sessions.data.total}</span>}
      tools={<SignOutButton />}
      foot="A session ends seven days after its last use, and after thirty days at the latest."
      flush
    >
      {end.isError && <Notice kind="error">{end.error.detail}</Notice>}
      <QueryStates query={sessions} failed="Your sessions could not be loaded." rows={2}>
        {({ items }) => (
          <SettingsTable caption="Where you are signed in" columns={["Client", "Address", "Signed in", "Last seen", { name: "Actions", kind: "hidden" }]}>
            {items.map((item) => (
              <tr key={item.id}>
                <td>
                  <b>{browserName(item.user_agent)}</b> {item.current && <Chip kind="label">this one</Chip>} {item.kind === "token" && <Chip>token</Chip>}
                </td>
                <td className="t2">{item.address ?? "unknown"}</td>
                <td className="t2 nowrap">{moment(item.created_at)}</td>
                <td className="t2 nowrap">
                  <Time at={item.last_seen_at} />
                </td>
                <td className="right">
                  {!item.current && (
                    <Button
                      small
                      kind="danger"
                      busy={end.isPending && end.variables === item.id}
                      aria-label={`End the session of ${browserName(item.user_agent)}, ${item.address ?? "address unknown"}`}
                      onClick={() => end.mutate(item.id)}
                    >
                      End
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </SettingsTable>
        )}
      </QueryStates>
    </Panel>
  );
}
