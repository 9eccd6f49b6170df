import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Skeleton } from "@/components/layout/states";
import type { Verdict } from "@/features/verdicts/verdict-rows";
import { decimal, duration } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { type Side, diffOptions } from "./api";

const MOST_LINES = 6;

interface PromptChangeProps {
  baseline: Side;
  candidate: Side;
  promptName: string;
  verdict?: Verdict | undefined;
}

/** The cause: the first words that differ between the two versions, and what else does. */
export function PromptChange({ baseline, candidate, promptName, verdict }: PromptChangeProps) {
  const isSame = baseline.version_id === candidate.version_id;
  const { data: diff, error, isPending } = useQuery({ ...diffOptions(baseline.version_id, candidate.version_id), enabled: !isSame });
  const lines = diff ? changedLines(diff.hunks) : [];
  const [from, to] = [`v${baseline.version_number}`, `v${candidate.version_number}`];
  return (
    <>
      <h3>What changed in the prompt</h3>
      {isSame && (
        <p className="small t2">
          Nothing: both sides ran {to}.{baseline.model !== candidate.model && ` The model went from ${baseline.model} to ${candidate.model}.`}
        </p>
      )}
      {!isSame && isPending && <Skeleton rows={3} label="Loading what changed" />}
      {error && <p className="small t2">{error.detail || error.message}</p>}
      {lines.length > 0 && (
        <div className="well" role="group" aria-label={`First changed lines from ${from} to ${to}`}>
          {lines.slice(0, MOST_LINES).map((line, index) => (
            <ChangedLine key={index} line={line} />
          ))}
        </div>
      )}
      {diff && (
        <p className="small t2">
          {lines.length === 0 && "The text is the same. "}
          {lines.length > MOST_LINES && `${lines.length - MOST_LINES} more changed lines. `}
          {diff.parameters.map((change) => `${change.path.replace(/^\//, "")}: ${said(change.old)} → ${said(change.new)}. `)}
          <Link to="/prompts/$" params={{ _splat: promptName }} search={{ v: candidate.version_number, diff: baseline.version_number }}>
            Full diff {from} → {to}
          </Link>
        </p>
      )}
      {verdict && <InReturn verdict={verdict} />}
    </>
  );
}

type DiffLine = Schemas["DiffLine"];
interface Shown {
  side: "del" | "add";
  words: DiffLine["words"];
}

const hasWords = (line: DiffLine, op: "delete" | "insert"): boolean => line.op === op || line.words.some((word) => word.op === op);

/** A changed line is told as it was where words went, and as it is where words came. */
function changedLines(hunks: readonly Schemas["DiffHunk"][]): Shown[] {
  return hunks.flatMap((hunk) => {
    const changed = hunk.lines.filter((line) => line.op !== "equal");
    const told = (side: Shown["side"], op: "delete" | "insert", other: "delete" | "insert") =>
      changed.filter((line) => hasWords(line, op)).map((line): Shown => ({ side, words: line.words.filter((word) => word.op !== other) }));
    return [...told("del", "delete", "insert"), ...told("add", "insert", "delete")];
  });
}

function ChangedLine({ line: { side, words } }: { line: Shown }) {
  return (
    <div className={`diff-line diff-line--${side}`} data-s={side === "del" ? "\u2212" : "+"}>
      <span className="sr">{side === "del" ? "removed: " : "added: "}</span>
      {words.map((word, index) => {
        const text = word.text.replace(/\n$/, "");
        if (word.op === "equal") return text;
        return side === "del" ? <del key={index}>{text}</del> : <ins key={index}>{text}</ins>;
      })}
    </div>
  );
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "not set";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)} …` : text;
}

function InReturn({ verdict }: { verdict: Verdict }) {
  const { cost_ratio: cost, baseline, candidate } = verdict;
  const [before, after] = [baseline.latency_p95_ms, candidate.latency_p95_ms];
  if (cost === null && (before === null || after === null)) return null;
  return (
    <p className="small t2">
      {cost !== null && `Cost of these cases ×${decimal(cost)}. `}
      {before !== null && after !== null && `Latency p95 ${duration(before)} → ${duration(after)}.`} <span className="n">n={verdict.n_pairs}</span>
    </p>
  );
}
