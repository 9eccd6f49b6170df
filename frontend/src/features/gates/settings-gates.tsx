import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Suspense, lazy } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { LabelChip } from "@/components/ui/chip";
import { ButtonLink } from "@/components/ui/link";
import { SettingsTable } from "@/features/accounts/settings-table";
import { useMay } from "@/features/session/use-may";
import { moment } from "@/lib/format";
import { type Gate, gatesOptions } from "./settings-api";
import { GateSheet } from "./settings-gate-sheet";
import { policyWords } from "./settings-policy-words";

const NewGateSheet = lazy(async () => ({ default: (await import("./settings-new-gate")).NewGateSheet }));

function GateRow({ gate }: { gate: Gate }) {
  const mayWrite = useMay("write");
  return (
    <tr>
      <td className="nowrap">
        <b>{gate.name}</b>
        <span className="small t3 under">policy {gate.number}</span>
      </td>
      <td>
        <Link to="/prompts/$" params={{ _splat: gate.prompt_name }}>
          {gate.prompt_name}
        </Link>
      </td>
      <td>{gate.label ? <LabelChip name={gate.label} /> : <span className="t3">protects none</span>}</td>
      <td className="settings__words">
        <ul>
          {policyWords(gate.policy).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </td>
      <td className="t2 nowrap" data-name="Changed">
        {moment(gate.updated_at)}
      </td>
      <td className="right">
        <ButtonLink
          small
          to="/settings/$section"
          params={{ section: "gates" }}
          search={{ gate: gate.id }}
          aria-label={`${mayWrite ? "Edit" : "History of"} ${gate.name} of ${gate.prompt_name}`}
        >
          {mayWrite ? "Edit" : "History"}
        </ButtonLink>
      </td>
    </tr>
  );
}

interface GatesSectionProps {
  isCreating: boolean;
  /** Name of the prompt the new gate is for. */
  prompt: string | undefined;
  label: string | undefined;
  /** Whose sheet is open. */
  gateId: string | undefined;
  onClose: () => void;
}

export function GatesSection({ isCreating, prompt, label, gateId, onClose }: GatesSectionProps) {
  const mayWrite = useMay("write");
  const gates = useQuery(gatesOptions);
  return (
    <>
      <Panel
        title="Labels and gates"
        beside={gates.data && <span className="n">{gates.data.total}</span>}
        foot="A label with a gate moves to a version only when the gate's newest policy lets it."
        flush
      >
        <QueryStates query={gates} failed="The gates could not be loaded.">
          {({ items }) =>
            items.length > 0 ? (
              <SettingsTable caption="Gates" columns={["Gate", "Prompt", "Label", "Policy", "Changed", { name: "Actions", kind: "hidden" }]} cards>
                {items.map((gate) => (
                  <GateRow key={gate.id} gate={gate} />
                ))}
              </SettingsTable>
            ) : (
              <EmptyState
                title="No gates yet"
                actions={
                  mayWrite && (
                    <ButtonLink kind="primary" to="/settings/$section" params={{ section: "gates" }} search={{ new: true }}>
                      New gate
                    </ButtonLink>
                  )
                }
              >
                A gate says what a new version must show before a label such as production may move to it.
              </EmptyState>
            )
          }
        </QueryStates>
      </Panel>
      {gateId && <GateSheet key={gateId} gateId={gateId} onClose={onClose} />}
      {isCreating && (
        <Suspense>
          <NewGateSheet prompt={prompt} label={label} onClose={onClose} />
        </Suspense>
      )}
    </>
  );
}
