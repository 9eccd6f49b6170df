import { LongText } from "@/components/long-text";
import { Chip } from "@/components/ui/chip";
import { count, decimal, duration, money } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { CaseStateMark } from "./case-state";
import { causeOf } from "./words";

type Repeat = Schemas["RepeatedCase"];

function Judged({ judged }: { judged: Repeat["evaluations"][number] }) {
  const { evaluator, version, score, reason, is_primary, overridden_by, state } = judged;
  return (
    <div className="stack">
      <p className="row wrap">
        <b>{evaluator}</b> <span className="small t3">{version}</span> {is_primary && <Chip>leads</Chip>}
        <span className="push">{score === null ? <span className="t3">{state}</span> : <b>{decimal(score)}</b>}</span>
      </p>
      {reason && <LongText text={reason} limit={400} className="t2" />}
      {overridden_by && (
        <p className="small">
          {overridden_by.labelled_by} says {overridden_by.value === null ? "otherwise" : decimal(overridden_by.value)}
          {overridden_by.comment && `: ${overridden_by.comment}`}
        </p>
      )}
    </div>
  );
}

function OneRepeat({ repeat, several }: { repeat: Repeat; several: boolean }) {
  const { state, error, error_code, output, latency_ms, cost_usd, tokens_in, tokens_out, evaluations } = repeat;
  return (
    <div className="stack">
      <p className="row wrap small t2">
        {several && <b>Repeat {repeat.repeat + 1}</b>}
        <CaseStateMark state={state} open={false} />
        <span>
          {latency_ms !== null && `${duration(latency_ms)} · `}
          {money(cost_usd)} · {count(tokens_in)} tokens in, {count(tokens_out)} out
        </span>
      </p>
      {output !== null && (
        <div className="output">
          <LongText text={output} limit={1_200} />
        </div>
      )}
      {state !== "scored" && (
        <p className="small">
          {error} <span className="t2">{causeOf(state, error_code).hint}</span>
        </p>
      )}
      {evaluations.map((judged) => (
        <Judged key={judged.evaluator} judged={judged} />
      ))}
    </div>
  );
}

interface CaseOutputsProps {
  side: Schemas["SideRepeats"];
  name: string;
}

/** What one version answered, repeat by repeat, and what each evaluator said. */
export function CaseOutputs({ side, name }: CaseOutputsProps) {
  return (
    <section className="inspector__section" aria-label={`Answer of ${name}`}>
      <h3>{name}</h3>
      {side.repeats.length === 0 && <p className="t2">It has not run yet.</p>}
      {side.repeats.map((repeat) => (
        <OneRepeat key={repeat.case_no} repeat={repeat} several={side.repeats.length > 1} />
      ))}
    </section>
  );
}
