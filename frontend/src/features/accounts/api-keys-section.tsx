import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { moment } from "@/lib/format";
import { type ApiKeyMade, keysOptions } from "./api";
import { CreateKeySheet } from "./create-key-sheet";
import { KeysTable } from "./keys-table";
import { Secret } from "./secret";

interface ApiKeysSectionProps {
  isCreating: boolean;
  onClose: () => void;
}

export function ApiKeysSection({ isCreating, onClose }: ApiKeysSectionProps) {
  const isAdmin = useMay("admin");
  const client = useQueryClient();
  const keys = useQuery({ ...keysOptions, enabled: isAdmin });
  const [made, setMade] = useState<readonly ApiKeyMade[]>([]);
  const add = (one: ApiKeyMade) => {
    setMade((before) => [one, ...before]);
    void client.invalidateQueries({ queryKey: keysOptions.queryKey });
  };
  if (!isAdmin) return <MayNot to="see and make API keys" />;
  return (
    <>
      <Panel
        title="API keys"
        beside={keys.data && <span className="n">{keys.data.total}</span>}
        foot="Rotate gives a new secret; the old one works 24 h longer."
        flush
      >
        {made.map((one) => (
          <Secret
            key={one.id}
            title={`${one.name} is ready. Copy its secret now: it is shown once.`}
            value={one.key}
            onStored={() => setMade((before) => before.filter((other) => other.id !== one.id))}
          >
            May <b>{one.scopes.join(", ")}</b> · {one.expires_at ? `expires ${moment(one.expires_at)}` : "never expires"} · only its hash is stored, so
            nobody can show it again.
          </Secret>
        ))}
        <QueryStates query={keys} failed="The API keys could not be loaded.">
          {({ items }) =>
            items.length > 0 ? (
              <KeysTable keys={items} onMade={add} />
            ) : (
              <EmptyState
                title="No API keys yet"
                command="llmops keys create ci --scopes read,ci"
                actions={
                  <ButtonLink kind="primary" to="/settings/$section" params={{ section: "api-keys" }} search={{ new: true }}>
                    Create the first key
                  </ButtonLink>
                }
              >
                A key lets a build, a script or another service call the API in this workspace's name, with no more rights than you give it.
              </EmptyState>
            )
          }
        </QueryStates>
      </Panel>
      {isCreating && (
        <CreateKeySheet
          onClose={onClose}
          onMade={(one) => {
            add(one);
            onClose();
          }}
        />
      )}
    </>
  );
}
