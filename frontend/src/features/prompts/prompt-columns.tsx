import { Chip, VersionChip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import type { Column } from "@/features/lists/columns";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { MISSING, count, money, plural } from "@/lib/format";
import type { Prompt } from "./api";

function Missing({ said }: { said: string }) {
  return (
    <span className="t3">
      <span aria-hidden="true">{MISSING}</span>
      <span className="sr">{said}</span>
    </span>
  );
}

/** What serves and what is newest; how far the first is behind. */
function Standing({ production, latest_version }: Prompt) {
  if (!latest_version) return <span className="t3">no version yet</span>;
  const ahead = production ? latest_version.number - production.number : 0;
  return (
    <span className="row nowrap">
      {production ? <VersionChip number={production.number} /> : <span className="t3">none</span>}
      {(ahead > 0 || !production) && (
        <>
          <span className="t3" aria-hidden="true">
            →
          </span>
          <VersionChip number={latest_version.number} />
        </>
      )}
      {ahead > 0 && <span className="small t3">{ahead} ahead</span>}
    </span>
  );
}

/** All but the name, which always stands first. */
export const PROMPT_COLUMNS: readonly Column<Prompt>[] = [
  { key: "standing", name: "Production → newest", cell: (prompt) => <Standing {...prompt} /> },
  { key: "score", name: "Score [95 % CI], n", cell: ({ score }) => <ScoreValue estimate={score} missing="not scored" /> },
  {
    key: "change",
    name: "Δ to production before",
    cell: ({ change }) => (change ? <DeltaValue value={change.value} interval={change.interval} n={change.n} lowerIsBetter={change.direction === "lower"} /> : <Missing said="not compared" />),
  },
  { key: "examples", name: "Examples", isNumber: true, cell: ({ golden_count }) => count(golden_count) },
  {
    key: "runs",
    name: "Runs, 7 d",
    isNumber: true,
    cell: ({ runs_7d, cases_7d }) => (
      <>
        {count(runs_7d)} {cases_7d > 0 && <span className="n">+ {plural(cases_7d, "case")}</span>}
      </>
    ),
  },
  {
    key: "cost",
    name: "Cost, 7 d",
    isNumber: true,
    cell: ({ runs_7d, cases_7d, cost_7d }) => (runs_7d + cases_7d === 0 ? <Missing said="nothing was asked" /> : money(cost_7d)),
  },
  {
    key: "tags",
    name: "Tags",
    cell: ({ tags }) => (
      <span className="row">
        {tags.map((tag) => (
          <Chip key={tag} kind="tag">
            {tag}
          </Chip>
        ))}
      </span>
    ),
  },
  {
    key: "changed",
    name: "Changed",
    className: "nowrap small t2",
    cell: ({ updated_at, owner }) => (
      <>
        <Time at={updated_at} />{" "}
        · {owner}
      </>
    ),
  },
];
