import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Chip, VersionChip } from "@/components/ui/chip";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import { useMay } from "@/features/session/use-may";
import { type LabelMove, type Prompt, labelHistoryOptions } from "./api";
import { useMoveLabel } from "./use-move-label";

interface MoveEntryProps {
  move: LabelMove;
  /** Left out where the label stands, or for somebody who may not move it. */
  onBack?: () => void;
  busy: boolean;
}

function MoveEntry({ move, onBack, busy }: MoveEntryProps) {
  return (
    <li className="row wrap small">
      <VersionChip number={move.to_number} />
      <span className="t2">
        {move.from_number !== null && `after v${move.from_number}, `}
        {move.moved_by},{" "}
        <Time at={move.moved_at} />
      </span>
      {move.override && <Chip kind="inconclusive">against its gate</Chip>}
      {onBack && (
        <Button small className="push" busy={busy} onClick={onBack}>
          Move back to v{move.to_number}
        </Button>
      )}
      {move.reason && <span className="t2 own-line">{move.reason}</span>}
    </li>
  );
}

/** All moves of a label, newest first; one press moves it back. */
export function LabelHistory({ prompt, label }: { prompt: Prompt; label: string }) {
  const history = useQuery(labelHistoryOptions(prompt.id, label));
  const mayWrite = useMay("write");
  const standing = prompt.labels.find((one) => one.name === label);
  const move = useMoveLabel();
  const back = (to: LabelMove) => {
    if (!standing) return;
    const { version_id, version_number } = standing;
    move.mutate({
      promptId: prompt.id,
      label,
      versionId: to.version_id,
      from: version_id,
      left: { id: version_id, number: version_number },
      isBack: true,
      reason: `Moved back from v${version_number}.`,
    });
  };
  return (
    <div className="stack">
      {move.error && <Notice kind="error">{move.error.detail || move.error.title}</Notice>}
      <QueryStates query={history} failed="The moves could not be loaded." rows={2}>
        {({ items }) => (
          <ol className="stack">
            {items.map((entry, index) => {
              const isFirstOfIt = items.findIndex((other) => other.version_id === entry.version_id) === index;
              const mayBack = mayWrite && isFirstOfIt && entry.version_id !== standing?.version_id;
              return <MoveEntry key={entry.id} move={entry} busy={move.isPending} {...(mayBack && { onBack: () => back(entry) })} />;
            })}
          </ol>
        )}
      </QueryStates>
    </div>
  );
}
