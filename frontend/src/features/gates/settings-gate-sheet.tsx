import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { ConfirmByName } from "@/features/accounts/confirm-by-name";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { moment } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { GATES_KEY, archiveGate, gateOptions } from "./settings-api";
import { GatePolicyForm } from "./settings-gate-form";
import { policyWords } from "./settings-policy-words";

function History({ history }: { history: Schemas["GateRead"]["history"] }) {
  return (
    <section className="sheet__section">
      <h3>History</h3>
      <ol className="stack">
        {history.map((entry, index) => (
          <li key={entry.number} className="stack settings__policy">
            <p className="small t2">
              <b>Policy {entry.number}</b>
              {index === 0 && ", in force"} · {entry.created_by} · {moment(entry.created_at)}
            </p>
            {entry.message && <p>{entry.message}</p>}
            <p className="small t2">{policyWords(entry.policy).join(" ")}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface GateSheetProps {
  gateId: string;
  onClose: () => void;
}

export function GateSheet({ gateId, onClose }: GateSheetProps) {
  const client = useQueryClient();
  const gate = useQuery(gateOptions(gateId));
  const [mayWrite, isAdmin] = [useMay("write"), useMay("admin")];
  const [isArchiving, setArchiving] = useState(false);
  const archive = useMutation({
    mutationFn: archiveGate,
    onSuccess: async () => {
      toast("Gate archived. Its label moves freely now.");
      onClose();
      await client.invalidateQueries({ queryKey: GATES_KEY });
    },
  });
  const mayChange = mayWrite && (isAdmin || gate.data?.label === null);
  return (
    <>
      <Dialog title={gate.data?.name ?? "Gate"} shape="sheet" onClose={onClose}>
        <QueryStates query={gate} failed="The gate could not be loaded.">
          {(one) => (
            <>
              {mayChange ? (
                <GatePolicyForm key={one.id} gate={one} onDone={onClose} />
              ) : (
                <div className="sheet__section">
                  {one.label === null ? (
                    <MayNot who="an editor or an admin" to="change a gate" />
                  ) : (
                    <MayNot to={`change a gate that protects ${one.label}`} />
                  )}
                </div>
              )}
              <History history={one.history} />
              {mayChange && one.archived_at === null && (
                <section className="sheet__section">
                  <h3>Archive</h3>
                  <p className="t2">{one.label ? `Without the gate, ${one.label} moves freely.` : "Experiments can no longer name it."}</p>
                  <div>
                    <Button kind="danger" onClick={() => setArchiving(true)}>
                      Archive this gate
                    </Button>
                  </div>
                </section>
              )}
            </>
          )}
        </QueryStates>
      </Dialog>
      {isArchiving && gate.data && (
        <ConfirmByName
          title={`Archive ${gate.data.name}`}
          name={gate.data.name}
          button="Archive gate"
          busy={archive.isPending}
          error={archive.error}
          onConfirm={() => archive.mutate(gateId)}
          onClose={() => setArchiving(false)}
        >
          An archived gate does not come back; its policies and verdicts stay readable.
        </ConfirmByName>
      )}
    </>
  );
}
