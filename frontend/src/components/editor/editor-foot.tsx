import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { count, plural } from "@/lib/format";
import { type TemplateProblem, tokenEstimate } from "./template-lint";

interface EditorFootProps {
  id?: string;
  text: string;
  problems: readonly TemplateProblem[];
  /** Offers to define the variable that is missing. */
  onDefine?: ((name: string) => void) | undefined;
  /** What else there is to say, at the end: "draft kept here". */
  note?: ReactNode;
  /** Buttons before it. */
  children?: ReactNode;
}

export function EditorFoot({ id, text, problems, onDefine, note, children }: EditorFootProps) {
  const first = problems[0];
  const missing = first?.kind === "undefined" ? first.name : null;
  return (
    <div className="panel__foot editor__foot" id={id}>
      {first && (
        <span className={first.kind === "unused" ? "row t2" : "row delta--worse"}>
          <TriangleAlert className="icon" aria-hidden="true" />
          <span>
            <Sentence problem={first} />
            {problems.length > 1 && ` ${plural(problems.length - 1, "more finding")}.`}
          </span>
        </span>
      )}
      {missing !== null && onDefine && (
        <button type="button" className="btn btn--small" onClick={() => onDefine(missing)}>
          Define it
        </button>
      )}
      {children}
      <span className="push">
        about {count(tokenEstimate(text))} tokens{note && <> · {note}</>}
      </span>
    </div>
  );
}

const SAID: Record<TemplateProblem["kind"], string> = {
  undefined: "is not defined.",
  unused: "is defined, but no line uses it.",
  "unclosed-tag": "is not closed.",
  "unclosed-block": "has no end.",
  "stray-end": "ends nothing.",
};

function Sentence({ problem }: { problem: TemplateProblem }) {
  return (
    <>
      {problem.line > 0 && `Line ${problem.line}: `}
      <code>{problem.name}</code> {SAID[problem.kind]}
    </>
  );
}
