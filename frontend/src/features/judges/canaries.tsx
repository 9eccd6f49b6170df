import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { IconButton } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import { Chip } from "@/components/ui/chip";
import { ConfirmByName } from "@/features/accounts/confirm-by-name";
import { SettingsTable } from "@/features/accounts/settings-table";
import { askedOf } from "@/features/review/answer";
import { count, day, decimal, moment } from "@/lib/format";
import { type Canary, canariesOptions, canaryChecksOptions, removeCanary } from "./api";

const NEW_CANARY = { tab: "certificates", canary: true } as const;
const COMMAND = 'POST /api/v1/canaries {"experiment_id": "…", "case_no": 118, "evaluator": "correctness"}';

/** The example is kept whole; its variables say what it is about. */
function titleOf({ example }: Canary): string {
  const variables = example.input_data;
  return askedOf(typeof variables === "object" && variables !== null ? Object.fromEntries(Object.entries(variables)) : {}).title;
}

function Checks() {
  const checks = useQuery(canaryChecksOptions);
  return (
    <QueryStates query={checks} failed="The checks could not be loaded." rows={3}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="panel__body t2">The first check comes within a day.</p>
        ) : (
          <SettingsTable
            caption="Daily checks of the canaries"
            columns={["Checked", "Judge", { name: "Agreed with people", kind: "num" }, { name: "Not judged", kind: "num" }, "Its answers"]}
          >
            {items.map((check) => (
              <tr key={check.id}>
                <td className="nowrap">{moment(check.created_at)}</td>
                <td>
                  {check.evaluator}
                  <span className="small t3 under">
                    {check.evaluator_version} on {check.judge_model}
                  </span>
                </td>
                <td className="num">
                  {count(check.agreed)} of {count(check.n)}
                </td>
                <td className="num">{count(check.unjudged)}</td>
                <td>{check.moved ? <Chip kind="invalid">moved</Chip> : <Chip>not moved</Chip>}</td>
              </tr>
            ))}
          </SettingsTable>
        )
      }
    </QueryStates>
  );
}

/** Labelled outputs that every judge is asked about once a day: when its answers move, the judge changed, not the product. */
export function Canaries({ mayChange }: { mayChange: boolean }) {
  const client = useQueryClient();
  const canaries = useQuery(canariesOptions);
  const [removing, setRemoving] = useState<Canary | null>(null);
  const [isOpen, setOpen] = useState(false);
  const remove = useMutation({
    mutationFn: removeCanary,
    onSuccess: async () => {
      setRemoving(null);
      await client.invalidateQueries({ queryKey: canariesOptions.queryKey });
    },
  });
  return (
    <Panel
      title="Canaries"
      beside={canaries.data && <span className="n">{count(canaries.data.total)}</span>}
      tools={
        mayChange &&
        canaries.data &&
        canaries.data.total > 0 && (
          <ButtonLink small to="/evaluations" search={NEW_CANARY}>
            <Plus className="icon" aria-hidden="true" />
            New canary
          </ButtonLink>
        )
      }
      foot="Asked once a day. When a judge's answers move here, the judge changed, not the product."
      flush
    >
      <QueryStates query={canaries} failed="The canaries could not be loaded." rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title="No canaries yet"
              actions={
                mayChange && (
                  <ButtonLink small to="/evaluations" search={NEW_CANARY}>
                    New canary
                  </ButtonLink>
                )
              }
              command={COMMAND}
            >
              An output with a person's label can be frozen as a canary: its judge is asked about it once a day, and a change shows.
            </EmptyState>
          ) : (
            <SettingsTable
              caption="Canaries"
              columns={["Output asked about", "Judge", { name: "People", kind: "num" }, { name: "First score", kind: "num" }, "Since", { name: "Actions", kind: "hidden" }]}
            >
              {items.map((canary) => (
                <tr key={canary.id}>
                  <td className="clip">
                    <span className="cut review__asked" dir="auto">
                      {titleOf(canary)}
                    </span>
                  </td>
                  <td className="nowrap">{canary.evaluator}</td>
                  <td className="num">{decimal(canary.label)}</td>
                  <td className="num">{canary.first_score === null ? <span className="t3">not judged</span> : decimal(canary.first_score)}</td>
                  <td className="nowrap t2">{day(canary.created_at)}</td>
                  <td className="right">
                    {mayChange && (
                      <IconButton small kind="quiet" label={`Remove the canary “${titleOf(canary)}”`} onClick={() => setRemoving(canary)}>
                        <Trash2 className="icon" aria-hidden="true" />
                      </IconButton>
                    )}
                  </td>
                </tr>
              ))}
            </SettingsTable>
          )
        }
      </QueryStates>
      <details className="fold judges__checks" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Daily checks</summary>
        {isOpen && <Checks />}
      </details>
      {removing && (
        <ConfirmByName
          title="Remove this canary"
          name={removing.evaluator}
          button="Remove canary"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(removing.id)}
          onClose={() => setRemoving(null)}
        >
          {removing.evaluator} is asked about “{titleOf(removing)}” no more; the checks it was in stay.
        </ConfirmByName>
      )}
    </Panel>
  );
}
