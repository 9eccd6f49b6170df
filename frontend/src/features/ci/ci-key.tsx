import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { type ApiKey, type ApiKeyMade, keysOptions } from "@/features/accounts/api";
import { CreateKeySheet } from "@/features/accounts/create-key-sheet";
import { Secret } from "@/features/accounts/secret";
import { useMay } from "@/features/session/use-may";
import { moment } from "@/lib/format";
import { KEY_SCOPES } from "./ci-files";

const fits = ({ is_active, expires_at, scopes }: ApiKey): boolean =>
  is_active && (expires_at === null || Date.parse(expires_at) > Date.now()) && KEY_SCOPES.every((scope) => scopes.includes(scope));

/** The key a build signs in with: one there is, or a new one. */
export function CiKey() {
  const isAdmin = useMay("admin");
  const client = useQueryClient();
  const keys = useQuery({ ...keysOptions, enabled: isAdmin });
  const [isCreating, setCreating] = useState(false);
  const [made, setMade] = useState<readonly ApiKeyMade[]>([]);
  const fitting = keys.data?.items.filter(fits) ?? [];
  return (
    <Panel
      title="The key"
      tools={
        isAdmin && (
          <Button small kind="primary" onClick={() => setCreating(true)}>
            <Plus className="icon" aria-hidden="true" />
            Make a CI key
          </Button>
        )
      }
      flush
    >
      {made.map((one) => (
        <Secret key={one.id} title={`${one.name} is ready. Copy its secret now: it is shown once.`} value={one.key} onStored={() => setMade((before) => before.filter(({ id }) => id !== one.id))}>
          Put it into the CI server's secrets as <code>LLMOPS_API_KEY</code>, never into a file.
        </Secret>
      ))}
      <div className="panel__body stack">
        <p className="row wrap">
          The gate saves versions and runs experiments: its key may{" "}
          {KEY_SCOPES.map((scope) => (
            <Chip key={scope}>{scope}</Chip>
          ))}
        </p>
        {!isAdmin && <p className="small t2">An admin makes it, here or under API keys.</p>}
        {fitting.length > 0 && (
          <p className="small t2">
            There {fitting.length === 1 ? "is one" : "are some"} already:{" "}
            {fitting
              .slice(0, 3)
              .map(({ name, expires_at }) => `${name} (${expires_at ? `until ${moment(expires_at)}` : "never expires"})`)
              .join(", ")}
            .
          </p>
        )}
      </div>
      {isCreating && (
        <CreateKeySheet
          name="ci"
          scopes={KEY_SCOPES}
          onClose={() => setCreating(false)}
          onMade={(one) => {
            setMade((before) => [one, ...before]);
            setCreating(false);
            void client.invalidateQueries({ queryKey: keysOptions.queryKey });
          }}
        />
      )}
    </Panel>
  );
}
