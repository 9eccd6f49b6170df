import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { Chip, VersionChip } from "@/components/ui/chip";
import type { Experiment, Status } from "./api";
import type { Arm } from "./arms";
import { StatusChip } from "./status-chip";

interface IdentityProps {
  status: Status;
  arms: readonly Arm[];
  line: Experiment | null | undefined;
}

/** One line that says which run this is. */
export function Identity({ status, arms, line }: IdentityProps) {
  return (
    <>
      <StatusChip status={status.status} />
      {line && (
        <Link to="/prompts/$" params={{ _splat: line.prompt_name }}>
          {line.prompt_name}
        </Link>
      )}
      {arms.map((arm) => (
        <Fragment key={arm.arm}>
          <VersionChip number={arm.number} />
          {arm.isBaseline && <Chip>baseline</Chip>}
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
