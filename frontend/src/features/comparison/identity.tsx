import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { Chip, LabelChip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import type { Side } from "./api";
import type { Compared } from "./use-comparison";

function RunLink({ side: { experiment_id, experiment_name, arm } }: { side: Side }) {
  return (
    <Link to="/experiments/$experimentId" params={{ experimentId: experiment_id }} search={{ arm }}>
      {experiment_name || `run ${experiment_id.slice(0, 8)}`}
    </Link>
  );
}

/** Which versions, which runs, on which examples, and who judged. */
export function Identity({ compared }: { compared: Compared }) {
  const { table, names } = compared;
  const { prompt, judge } = table;
  const runs = new Set(table.sides.map((side) => side.experiment_id));
  const order = [...table.sides.keys()].toSorted((a, b) => Number(a === 0) - Number(b === 0));
  return (
    <>
      {order.map((index) => {
        const side = table.sides[index];
        if (!side) return null;
        return (
          <Fragment key={index}>
            {index === 0 && <span className="t3">against</span>}
            <Chip kind="ver">{names[index]}</Chip>
            {runs.size > 1 && (
              <>
                <RunLink side={side} />
                <Time className="t3" at={side.created_at} />
              </>
            )}
            {side.labels.map((label) => (
              <LabelChip key={label} name={label} />
            ))}
          </Fragment>
        );
      })}
      {runs.size === 1 && (
        <>
          <span className="t3">in</span>
          <RunLink side={compared.baseline} />
        </>
      )}
      <span className="t3">·</span>
      <Link to="/prompts/$" params={{ _splat: prompt.name }} search={{ tab: "golden" }}>
        golden examples
      </Link>
      <span>
        snapshot <code>{table.snapshot_hash.slice(0, 6)}</code>
      </span>
      <span className="t3">·</span>
      <span>
        {judge.evaluator} {judge.version.slice(0, 12)}
        {judge.model !== null && ` by ${judge.model}`}
      </span>
    </>
  );
}
