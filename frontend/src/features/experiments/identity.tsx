import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { Chip, LabelChip, VersionChip } from "@/components/ui/chip";
import type { Status } from "./api";
import type { Arm } from "./arms";
import { StatusChip } from "./status-chip";

interface IdentityProps {
  status: Status;
  arms: readonly Arm[];
}

/** One line that says which run this is. */
export function Identity({ status, arms }: IdentityProps) {
  return (
    <>
      <StatusChip status={status.status} />
      <Link to="/prompts/$" params={{ _splat: status.prompt_name }}>
        {status.prompt_name}
      </Link>
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
        snapshot <code>{status.snapshot_hash.slice(0, 6)}</code> · judge {status.judge_model} · started by {status.created_by}, {status.trigger}
        {status.git?.sha && (
          <>
            , commit <code>{status.git.sha.slice(0, 7)}</code>
          </>
        )}
      </span>
      {status.tags.map((tag) => (
        <Chip key={tag} kind="tag">
          {tag}
        </Chip>
      ))}
    </>
  );
}
