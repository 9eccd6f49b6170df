import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { Chip, LabelChip, VersionChip } from "@/components/ui/chip";
import type { Experiment, Status } from "./api";
import type { Arm } from "./arms";
import { StatusChip } from "./status-chip";

interface IdentityProps {
  status: Status;
  arms: readonly Arm[];
  promptName: string | undefined;
  line: Experiment | null | undefined;
}

/** One line that says which run this is. */
export function Identity({ status, arms, promptName, line }: IdentityProps) {
  return (
    <>
      <StatusChip status={status.status} />
      {promptName && (
        <Link to="/prompts/$" params={{ _splat: promptName }}>
          {promptName}
        </Link>
      )}
      {arms.map((arm) => (
        <Fragment key={arm.arm}>
          <VersionChip number={arm.number} />
          {arm.isBaseline && <Chip>baseline</Chip>}
          {arm.labels.map((label) => (
            <LabelChip key={label} name={label} />
          ))}
        </Fragment>
      ))}
      <span>
        snapshot <code>{status.snapshot_hash.slice(0, 6)}</code> · judge {status.judge_model}
        {line && ` · started by ${line.created_by}, ${line.trigger}`}
        {line?.git?.sha && (
          <>
            , commit <code>{line.git.sha.slice(0, 7)}</code>
          </>
        )}
      </span>
      {line?.tags.map((tag) => (
        <Chip key={tag} kind="tag">
          {tag}
        </Chip>
      ))}
    </>
  );
}
