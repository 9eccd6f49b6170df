import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { Chip, LabelChip } from "@/components/ui/chip";
import type { Side } from "./api";
import type { Compared } from "./use-comparison";

export const labelsOf = (prompt: Compared["prompt"], side: Side): string[] =>
  side.name === null ? (prompt?.labels ?? []).filter((label) => label.version_id === side.version_id).map((label) => label.name) : [];

/** Which versions, which runs, on which examples, and who judged. */
export function Identity({ compared }: { compared: Compared }) {
  const { table, names, prompt, status } = compared;
  const order = [...table.sides.keys()].toSorted((a, b) => Number(a === 0) - Number(b === 0));
  const judge = status?.evaluators.find((evaluator) => evaluator.name === status.primary_evaluator);
  return (
    <>
      {order.map((index) => {
        const side = table.sides[index];
        if (!side) return null;
        return (
          <Fragment key={index}>
            {index === 0 && <span className="t3">against</span>}
            <Chip kind="ver">{names[index]}</Chip>
            <Link to="/experiments/$experimentId" params={{ experimentId: side.experiment_id }} search={{ arm: side.arm }}>
              {status?.experiment_id === side.experiment_id && status.name ? status.name : `run ${side.experiment_id.slice(0, 8)}`}
            </Link>
            {labelsOf(prompt, side).map((label) => (
              <LabelChip key={label} name={label} />
            ))}
          </Fragment>
        );
      })}
      {status && (
        <>
          <span className="t3">·</span>
          {prompt ? (
            <Link to="/prompts/$" params={{ _splat: prompt.name }} search={{ tab: "golden" }}>
              golden examples
            </Link>
          ) : (
            "golden examples"
          )}
          <span>
            snapshot <code>{status.snapshot_hash.slice(0, 6)}</code>
          </span>
          <span className="t3">·</span>
          <span>
            {status.primary_evaluator}
            {typeof judge?.version === "string" && ` ${judge.version.slice(0, 12)}`}
          </span>
        </>
      )}
    </>
  );
}
