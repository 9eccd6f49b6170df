import { type ReactNode, useMemo } from "react";
import { changedLines } from "./changed-lines";
import { type TemplateLint, lintTemplate } from "./template-lint";
import type { TemplateFormat } from "./template-spans";

export interface PromptPart {
  /** Stands on a line of its own above the text. */
  role?: string;
  text: string;
  /** The text the lines are compared with. */
  base?: string;
}

interface PromptTextProps {
  parts: readonly PromptPart[];
  label: string;
  format?: TemplateFormat;
  known?: readonly string[] | undefined;
}

/** A template to read: numbered lines through all messages, tags as chips, changed lines marked. */
export function PromptText({ parts, label, format = "jinja2", known }: PromptTextProps) {
  return (
    <div className="editor" tabIndex={0} role="group" aria-label={label}>
      <ol>
        {parts.map((part, index) => (
          <PartLines key={index} part={part} format={format} known={known} />
        ))}
      </ol>
    </div>
  );
}

interface PartLinesProps {
  part: PromptPart;
  format: TemplateFormat;
  known: readonly string[] | undefined;
}

function PartLines({ part: { role, text, base }, format, known }: PartLinesProps) {
  const lint = useMemo(() => lintTemplate(text, { format, known }), [text, format, known]);
  const changed = useMemo(() => new Set(base === undefined ? [] : changedLines(base, text)), [base, text]);
  const lines = text.split("\n");
  const starts = [0, ...Array.from(text.matchAll(/\n/g), (found) => found.index + 1)];
  return (
    <>
      {role && (
        <li>
          <span className="role">{role}</span>
        </li>
      )}
      {lines.map((line, index) => (
        <li key={index} className={changed.has(index) ? "changed" : undefined}>
          <div dir="auto">{chips(line, starts[index] ?? 0, lint)}</div>
        </li>
      ))}
    </>
  );
}

function chips(line: string, from: number, { spans, problems }: TemplateLint): ReactNode[] {
  let end = 0;
  const told: ReactNode[] = [];
  for (const span of spans) {
    const [start, stop] = [Math.max(span.start - from, end), Math.min(span.end - from, line.length)];
    if (start >= stop) continue;
    const wrong = problems.some((problem) => problem.from < span.end && problem.to > span.start);
    const look = wrong ? "var var--bad" : span.kind === "comment" ? "role" : "var";
    told.push(line.slice(end, start), <span key={start} className={look}>{line.slice(start, stop)}</span>);
    end = stop;
  }
  return [...told, line.slice(end)];
}
