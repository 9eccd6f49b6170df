import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { type Part, type Progress, headline, partsOf, restOf } from "./progress";

const LOOKS: Readonly<Record<Part["kind"], string | null>> = { done: "done", failed: "failed", skipped: "skipped", open: null };
const SAY_EVERY_MS = 10_000;

interface ProgressBarProps {
  progress: Progress;
  running: boolean;
}

/** The bar alone: parts as wide as their share of the plan. */
export function ProgressBar({ progress, running }: ProgressBarProps) {
  const { planned, scored } = progress;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label="Scored cases"
      aria-valuenow={scored}
      aria-valuemin={0}
      aria-valuemax={planned}
      aria-valuetext={[headline(progress), restOf(progress)].filter(Boolean).join(", ")}
    >
      {partsOf(progress).map((part) => {
        const look = LOOKS[part.kind] ?? (running ? "running" : null);
        return look && <i key={part.name} className={look} style={{ width: `${(part.cases / Math.max(1, planned)) * 100}%` }} />;
      })}
    </div>
  );
}

interface RunProgressProps extends ProgressBarProps {
  /** Spend, time left: at the right. */
  beside?: ReactNode;
}

/** What is done of a run, in numbers that add up to the plan. */
export function RunProgress({ progress, running, beside }: RunProgressProps) {
  return (
    <section className="panel panel__body stack" aria-label="Progress">
      <div className="row wrap">
        {running && <span className="live-dot" aria-hidden="true" />}
        <b>{headline(progress)}</b>
        <span className="small t2">{restOf(progress)}</span>
        {beside && <span className="push small t2">{beside}</span>}
      </div>
      <ProgressBar progress={progress} running={running} />
      <Spoken text={headline(progress)} />
    </section>
  );
}

/** Said at most every ten seconds, so that a reader is not talked over. */
function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState(text);
  const say = useEffectEvent(() => setSaid(text));
  useEffect(() => {
    const timer = setInterval(() => say(), SAY_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <output className="sr" aria-live="polite">
      {said}
    </output>
  );
}
