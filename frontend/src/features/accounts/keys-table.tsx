import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { Time } from "@/components/ui/time";
import { moment } from "@/lib/format";
import { type ApiKey, type ApiKeyMade, keysOptions, revokeKey, rotateKey } from "./api";
import { ConfirmByName } from "./confirm-by-name";
import { SettingsTable } from "./settings-table";

/** Keys that have a successor go on working for a day. */
const replaced = (keys: readonly ApiKey[]) => new Set(keys.map((key) => key.replaces_id));

const isPast = (at: string | null) => at !== null && new Date(at).getTime() < Date.now();

function State({ apiKey, isReplaced }: { apiKey: ApiKey; isReplaced: boolean }) {
  if (!apiKey.is_active) return <Chip kind="tag">revoked</Chip>;
  if (isPast(apiKey.expires_at)) return <Chip kind="tag">expired</Chip>;
  if (isReplaced)
    return (
      <Chip>
        <RefreshCw className="icon" aria-hidden="true" />
        rotating
      </Chip>
    );
  return apiKey.expires_at ? null : <Chip kind="inconclusive">no expiry</Chip>;
}

interface KeysTableProps {
  keys: readonly ApiKey[];
  onMade: (made: ApiKeyMade) => void;
}

export function KeysTable({ keys, onMade }: KeysTableProps) {
  const client = useQueryClient();
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keysOptions.queryKey });
  const rotate = useMutation({
    mutationFn: rotateKey,
    onSuccess: async (made) => {
      onMade(made);
      await refresh();
    },
  });
  const revoke = useMutation({
    mutationFn: revokeKey,
    onSuccess: async () => {
      setDoomed(null);
      toast("Key revoked. Whatever used it is refused from now on.");
      await refresh();
    },
  });
  const successors = replaced(keys);
  return (
    <>
      {rotate.isError && <Notice kind="error">{rotate.error.detail || rotate.error.title}</Notice>}
      <SettingsTable caption="API keys" columns={["Name", "May", "Key", "Made by", "Expires", "Last used", { name: "Actions", kind: "hidden" }]}>
        {keys.map((key) => (
          <tr key={key.id} className={key.is_active ? undefined : "pend"}>
            <td className="nowrap">
              <b>{key.name}</b> <State apiKey={key} isReplaced={successors.has(key.id)} />
            </td>
            <td>
              <span className="row wrap">
                {key.scopes.map((scope) => (
                  <Chip key={scope}>{scope}</Chip>
                ))}
              </span>
            </td>
            <td className="nowrap">
              <code>
                {key.public_id}…{key.last_four}
              </code>
            </td>
            <td className="t2">{key.created_by}</td>
            <td className="t2 nowrap">{key.expires_at ? moment(key.expires_at) : "never"}</td>
            <td className="t2 nowrap">{key.last_used_at ? <Time at={key.last_used_at} /> : "never"}</td>
            <td className="right nowrap">
              {key.is_active && (
                <>
                  {!successors.has(key.id) && (
                    <Button
                      small
                      aria-label={`Rotate ${key.name}`}
                      busy={rotate.isPending && rotate.variables === key.id}
                      onClick={() => rotate.mutate(key.id)}
                    >
                      Rotate
                    </Button>
                  )}{" "}
                  <Button small kind="danger" aria-label={`Revoke ${key.name}`} onClick={() => setDoomed(key)}>
                    Revoke
                  </Button>
                </>
              )}
            </td>
          </tr>
        ))}
      </SettingsTable>
      {doomed && (
        <ConfirmByName
          title={`Revoke ${doomed.name}`}
          name={doomed.name}
          button="Revoke key"
          busy={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate(doomed.id)}
          onClose={() => {
            revoke.reset();
            setDoomed(null);
          }}
        >
          Whatever uses this key is refused at once. It cannot be brought back; make another key instead.
        </ConfirmByName>
      )}
    </>
  );
}
