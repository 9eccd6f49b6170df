import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { CopyButton } from "@/components/ui/copy-button";
import { plural } from "@/lib/format";
import type { Status } from "./api";
import type { Arm } from "./arms";
import { frozenOf, reproduction } from "./reproduce";
import { rerunOf } from "./rerun";

interface ReproducePanelProps {
  status: Status;
  arms: readonly Arm[];
}

const SHOWN = 12;

export function ReproducePanel({ status, arms }: ReproducePanelProps) {
  const { policy } = status.verdict ?? {};
  const rerun = rerunOf(status, arms);
  return (
    <Panel
      title="Reproduce"
      tools={<CopyButton text={reproduction(status, arms)} label="Copy as JSON" wide />}
      foot={
        rerun && (
          <Link to="/experiments/new" search={rerun}>
            Rerun with changes
          </Link>
        )
      }
    >
      <dl className="kv">
        <dt>Versions</dt>
        <dd>
          {arms.map((arm) => (
            <span key={arm.arm} className="under">
              v{arm.number} <code>{arm.versionId.slice(-SHOWN)}</code>
            </span>
          ))}
        </dd>
        <dt>Golden set</dt>
        <dd>
          snapshot <code>{status.snapshot_hash.slice(0, SHOWN)}</code>
        </dd>
        <dt>Models</dt>
        <dd>{[...new Set(arms.map((arm) => arm.model))].join(", ")}</dd>
        <dt>Evaluators</dt>
        <dd>
          {frozenOf(status.evaluators).map(({ name, version }) => (
            <span key={name} className="under">
              {name} <span className="t3">{version}</span>
            </span>
          ))}
        </dd>
        <dt>Judge model</dt>
        <dd>{status.judge_model}</dd>
        <dt>Repeats</dt>
        <dd>{plural(status.repeats, "answer")} an example</dd>
        <dt>Policy</dt>
        <dd>
          {status.gate === null ? "the defaults, without a gate" : `gate ${status.gate}`}
          {policy && (
            <>
              {policy.number !== null && `, number ${policy.number}`}; α {policy.policy.alpha}
            </>
          )}
        </dd>
        <dt>Seed</dt>
        <dd>
          <code>{status.seed}</code>
        </dd>
      </dl>
    </Panel>
  );
}
