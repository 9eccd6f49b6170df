import { VersionChip } from "@/components/ui/chip";
import type { Column } from "@/features/lists/columns";
import { MISSING, count, duration, money } from "@/lib/format";
import type { Run } from "./api";
import { RunState, sourceWord } from "./run-words";

const Missing = () => (
  <>
    <span aria-hidden="true">{MISSING}</span>
    <span className="sr">not known</span>
  </>
);

/** What was charged; until that is known, what it was expected to be. */
export function Cost({ run }: { run: Run }) {
  if (run.cost_usd !== null) return money(run.cost_usd);
  if (run.cost_estimated !== null) return <span className="t3">≈ {money(run.cost_estimated)}</span>;
  return run.status === "completed" ? <span className="t3">{money(null)}</span> : <Missing />;
}

/** A failure's cause in a few words; the drawer has all of them. */
const causeOf = ({ error_code, error }: Run): string | null => error_code?.replaceAll("_", " ") ?? error?.slice(0, 60) ?? null;

/** All but the moment, which always stands first and opens the run. */
export const RUN_COLUMNS: readonly Column<Run>[] = [
  {
    key: "status",
    name: "Status",
    className: "nowrap",
    cell: (run) => <RunState status={run.status} cause={run.status === "failed" ? causeOf(run) : null} />,
  },
  { key: "source", name: "Source", className: "t2", cell: ({ source }) => sourceWord(source) },
  {
    key: "version",
    name: "Version",
    cell: ({ version_number }) => (version_number === null ? <span className="t3">none</span> : <VersionChip number={version_number} />),
  },
  { key: "model", name: "Model", className: "t2 nowrap", cell: ({ model }) => model },
  { key: "latency", name: "Latency", isNumber: true, cell: ({ latency_ms }) => (latency_ms === null ? <Missing /> : duration(latency_ms)) },
  {
    key: "tokens",
    name: "Tokens in, out",
    isNumber: true,
    cell: ({ tokens_in, tokens_out }) => (tokens_in === null || tokens_out === null ? <Missing /> : `${count(tokens_in)}, ${count(tokens_out)}`),
  },
  { key: "cost", name: "Cost", isNumber: true, cell: (run) => <Cost run={run} /> },
];
