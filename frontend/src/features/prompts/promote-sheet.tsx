import { useRef, useState } from "react";
import { ErrorPanel, Skeleton } from "@/components/layout/states";
import { VersionChip } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import type { Prompt } from "./api";
import { refusalIn } from "./gate-refusal";
import { PromoteEvidence } from "./promote-evidence";
import { PromoteFoot } from "./promote-foot";
import { PromoteWays } from "./promote-ways";
import { useMoveLabel } from "./use-move-label";
import { useStanding } from "./use-standing";
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
  const isAdmin = useMay("admin");
  const [reason, setReason] = useState("");
  const [isShort, setShort] = useState(false);
  const [chosen, setChosen] = useState<boolean>();
  const field = useRef<HTMLTextAreaElement>(null);
  const move = useMoveLabel(onClose);
  const refusal = refusalIn(move.error);
  const known = useStanding(version, label, refusal);
  const holder = prompt.labels.find((one) => one.name === label);
  const isHeld = holder?.version_number === number;
  const isStopped = !isHeld && !known.isPending && !["free", "held", "pass", "back"].includes(known.standing);
  const isOverriding = isStopped && isAdmin && (chosen ?? (refusal !== null || known.standing === "first"));
  const length = reason.trim().length;
  const labels = [...new Set([...USUAL, ...prompt.labels.map(({ name }) => name), ...known.guarded, label])];
  const unguarded = labels.find((name) => !known.guarded.includes(name) && prompt.labels.find((one) => one.name === name)?.version_number !== number);
  const choose = (name: string) => {
    move.reset();
    setChosen(undefined);
    onLabel(name);
  };
  const ask = (override: boolean) => {
    if (!version || move.isPending) return;
    if (override && length < LEAST_REASON) {
      setShort(true);
      field.current?.focus();
      requestAnimationFrame(() => field.current?.closest(".field")?.scrollIntoView({ block: "nearest" })); // with the error under it
      return;
    }
    const left = holder ? { id: holder.version_id, number: holder.version_number } : null;
    // a gate lets a label straight back only with a reason
    const why = reason.trim() || (known.standing === "back" && holder ? `Moved back from v${holder.version_number}.` : "");
    move.mutate({ promptId: prompt.id, versionId: version.id, label, reason: why, override, from: holder?.version_id ?? null, left });
  };
  const tooShort = isOverriding && isShort && length < LEAST_REASON ? `Say what makes it acceptable. ${LEAST_REASON} characters or more; now ${length}.` : undefined;
  const isShown = version !== undefined && !known.isPending && !isHeld;
  const reasonField = (
    <Field label="Reason, for the people who will read it in a month" error={tooShort} hint={isOverriding ? undefined : "Optional."}>
      <textarea ref={field} className="input" rows={2} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
    </Field>
  );
  return (
    <Dialog
      title={`Promote v${number} to ${label}`}
      shape="sheet"
      onClose={onClose}
      foot={
        <PromoteFoot
          {...{ prompt, known, label, number, version, isOverriding, onClose }}
          holder={holder?.version_number}
          isBusy={move.isPending}
          onMove={ask}
        />
      }
    >
      <div className="sheet__section">
        <p className="row wrap small t2">
          <VersionChip number={number} />
          <span className="t3">{holder ? "replaces" : "is the first"}</span>
          {holder && <VersionChip number={holder.version_number} />}
          <span className="t3">on</span>
          <select className="input input--small promote__label" aria-label="Label" value={label} onChange={(event) => choose(event.target.value)}>
            {labels.map((name) => (
              <option key={name} value={name}>
                {known.guarded.includes(name) ? `${name}, protected` : name}
              </option>
            ))}
          </select>
        </p>
        {isHeld && <Notice>{label} stands on v{number} already.</Notice>}
        {move.error && !refusal && <Notice kind="error">{move.error.detail || move.error.title}</Notice>}
      </div>
      {error && !version && <ErrorPanel what={`v${number} could not be loaded.`} error={error} onRetry={retry} />}
      {known.error && <ErrorPanel what="What the gate says could not be loaded." error={known.error} onRetry={known.retry} />}
      {(!version || known.isPending) && !error && !known.error && <Skeleton rows={4} label="Loading the gate" />}
      {isShown && <PromoteEvidence {...{ known, label, version, refusal }} holder={holder?.version_number} />}
      {isShown && isStopped && <PromoteWays {...{ prompt, known, version, unguarded }} holder={holder?.version_number} onLabel={choose} />}
      {isStopped && (
        <section className="sheet__section">
          <h3>Override the gate</h3>
          {isAdmin ? (
            <>
              <p className="small t2">You may: your role has the scope admin. The reason and this verdict go to the audit log and the label's history, which keeps the mark “against its gate”.</p>
              <label className="check">
                <input type="checkbox" checked={isOverriding} onChange={(event) => setChosen(event.target.checked)} />
                Move {label} against the gate
              </label>
            </>
          ) : (
            <MayNot to="override a gate" />
          )}
          {isOverriding && reasonField}
        </section>
      )}
      {!isHeld && !isStopped && <section className="sheet__section">{reasonField}</section>}
    </Dialog>
  );
}
