import { Kbd } from "@/components/ui/kbd";
import type { Step } from "./answer";

interface GradeScaleProps {
  steps: readonly Step[];
  value: number | null;
  onChange: (value: number) => void;
  /** Sentences need a line each; words fit side by side. */
  inLines: boolean;
  labelledBy: string;
}

/** Steps from worst to best, each with its key. */
export function GradeScale({ steps, value, onChange, inLines, labelledBy }: GradeScaleProps) {
  return (
    <div className={inLines ? "grade grade--lines" : "grade"} role="group" aria-labelledby={labelledBy}>
      {steps.map((step, place) => (
        <button
          key={step.value}
          type="button"
          aria-pressed={step.value === value}
          aria-keyshortcuts={String(place + 1)}
          onClick={() => onChange(step.value)}
        >
          <b>{step.sign}</b>
          <span>{step.word}</span>
          <Kbd>{String(place + 1)}</Kbd>
        </button>
      ))}
    </div>
  );
}

interface YesNoProps {
  value: boolean | null;
  onChange: (value: boolean) => void;
  labelledBy: string;
}

const WORDS = [
  { flag: true, word: "Yes", key: "y" },
  { flag: false, word: "No", key: "n" },
];

export function YesNo({ value, onChange, labelledBy }: YesNoProps) {
  return (
    <div className="grade grade--two" role="group" aria-labelledby={labelledBy}>
      {WORDS.map(({ flag, word, key }) => (
        <button key={key} type="button" aria-pressed={value === flag} aria-keyshortcuts={key} onClick={() => onChange(flag)}>
          <b>{word}</b>
          <Kbd>{key}</Kbd>
        </button>
      ))}
    </div>
  );
}
