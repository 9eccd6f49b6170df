import { useQuery } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { ErrorPanel, Skeleton } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { VersionChip } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { type Prompt, promptGatesOptions } from "./api";
import { refusalIn } from "./gate-refusal";
import { PromoteBefore, PromoteRefused } from "./promote-evidence";
import { useMoveLabel } from "./use-move-label";
import { useVersion } from "./use-versions";

const LEAST_REASON = 20;
const USUAL = ["production", "staging"];

interface PromoteSheetProps {
  prompt: Prompt;
  /** The version that is to have the label. */
  number: number;
  label: string;
  onLabel: (label: string) => void;
  onClose: () => void;
}

export function PromoteSheet({ prompt, number, label, onLabel, onClose }: PromoteSheetProps) {
  const { version, error, retry } = useVersion(prompt, number);
  const gates = useQuery(promptGatesOptions(prompt.id));
  const isAdmin = useMay("admin");
  const [reason, setReason] = useState("");
  const [isShort, setShort] = useState(false);
  const move = useMoveLabel(onClose);
  const gate = gates.data?.items.find((one) => one.label === label && one.archived_at === null);
  const holder = prompt.labels.find((one) => one.name === label);
  const refusal = refusalIn(move.error);
  const isHeld = holder?.version_number === number;
  const length = reason.trim().length;
  const labels = [...new Set([...USUAL, ...prompt.labels.map(({ name }) => name), ...(gates.data?.items.flatMap((one) => one.label ?? []) ?? []), label])];
  const protectedLabels = new Set(gates.data?.items.map((one) => one.label));
  const ask = (override: boolean) => {
    if (!version || move.isPending) return;
    if (override && length < LEAST_REASON) {
      setShort(true);
      return;
    }
    const left = holder ? { id: holder.version_id, number: holder.version_number } : null;
    move.mutate({ promptId: prompt.id, versionId: version.id, label, reason: reason.trim(), override, from: holder?.version_id ?? null, left });
  };
  const tooShort = isShort && length < LEAST_REASON ? `Say what makes it acceptable. ${LEAST_REASON} characters or more; now ${length}.` : undefined;
  return (
    <Dialog
      title={`Promote v${number} to ${label}`}
      shape="sheet"
      onClose={onClose}
      foot={
        <>
          <span className="small t3 wide">{holder && !refusal ? "Undo: one click, 10 s" : ""}</span>
          <span className="push" />
          <Button onClick={onClose}>Cancel</Button>
          {refusal && isAdmin && (
            <Button kind="danger" busy={move.isPending} onClick={() => ask(true)}>
              <ShieldAlert className="icon" aria-hidden="true" />
              Override and promote v{number}
            </Button>
          )}
          <Button kind={refusal ? "default" : "primary"} busy={move.isPending} disabled={!version || isHeld} onClick={() => ask(false)}>
            {refusal ? "Ask again" : `Move ${label} to v${number}`}
          </Button>
        </>
      }
    >
      <div className="sheet__section">
        <p className="row wrap small t2">
          <VersionChip number={number} />
          <span className="t3">{holder ? "replaces" : "is the first"}</span>
          {holder && <VersionChip number={holder.version_number} />}
          <span className="t3">on</span>
          <select
            className="input input--small promote__label"
            aria-label="Label"
            value={label}
            onChange={(event) => {
              move.reset();
              onLabel(event.target.value);
            }}
          >
            {labels.map((name) => (
              <option key={name} value={name}>
                {protectedLabels.has(name) ? `${name}, protected` : name}
              </option>
            ))}
          </select>
        </p>
        {isHeld && <Notice>{label} stands on v{number} already.</Notice>}
        {move.error && !refusal && <Notice kind="error">{move.error.detail || move.error.title}</Notice>}
      </div>
      {error && !version && <ErrorPanel what={`v${number} could not be loaded.`} error={error} onRetry={retry} />}
      {gates.error && <ErrorPanel what="The gates could not be loaded." error={gates.error} onRetry={() => void gates.refetch()} />}
      {(!version || gates.isPending) && !error && <Skeleton rows={4} label="Loading the gate" />}
      {version && !refusal && gates.data && !isHeld && <PromoteBefore gate={gate} label={label} version={version} holder={holder?.version_number} />}
      {version && refusal && <PromoteRefused prompt={prompt} refusal={refusal} version={version} holder={holder?.version_number} />}
      <section className="sheet__section">
        {refusal && <h3>Override the gate</h3>}
        {refusal && !isAdmin && <MayNot to="override a gate" />}
        {refusal && isAdmin && (
          <p className="small t2">You may: your role has the scope admin. The reason and this verdict go to the audit log and the label's history, which keeps the mark “against its gate”.</p>
        )}
        <Field label="Reason, for the people who will read it in a month" error={tooShort} hint={refusal ? undefined : "Optional, unless a gate is overridden."}>
          <textarea className="input" rows={2} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </section>
    </Dialog>
  );
}
