import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Segmented } from "@/components/ui/segmented";
import { Time } from "@/components/ui/time";
import { MISSING, decimal, duration, money } from "@/lib/format";
import { type RunSummary, historyOptions } from "./api";
import { type OwnRun, ownRuns } from "./own-runs";

const HEADS = ["When", "Column", "Case", "Output", "Score", "Latency", "Cost"];
const NUMBERS = new Set(["Case", "Score", "Latency", "Cost"]);

const Missing = () => (
  <>
    <span aria-hidden="true">{MISSING}</span>
    <span className="sr">not known</span>
  </>
);

function Row({ run, own }: { run: RunSummary; own: OwnRun | undefined }) {
  const source = own?.column.source;
  const said = run.output ?? run.error ?? "no output";
  return (
    <tr>
      <td className="nowrap">
        <Time at={run.created_at} />
      </td>
      <td className="nowrap">{own ? `${own.letter}${source ? ` · v${source.number}` : ""}` : run.created_by}</td>
      <td className="num">{own?.case ?? <Missing />}</td>
      <td className="clip">
        <Link className="cut play__said" to="." search={(here: Record<string, unknown>) => ({ ...here, run: run.id })} resetScroll={false} preload={false} dir="auto">
          {run.error_code && <span className="t2">{run.status}: </span>}
          {said.slice(0, 200)}
        </Link>
      </td>
      <td className="num strong">{own?.score === null || own === undefined ? <Missing /> : decimal(own.score)}</td>
      <td className="num">{run.latency_ms === null ? <Missing /> : duration(run.latency_ms)}</td>
      <td className="num">{run.cost_usd === null ? <Missing /> : money(run.cost_usd)}</td>
    </tr>
  );
}

type Whose = "mine" | "all";

/** The last runs of the playground: first those this browser started. */
export function RunHistory() {
  const [whose, setWhose] = useState<Whose>("mine");
  const history = useQuery(historyOptions);
  return (
    <section className="panel" aria-labelledby="playground-history">
      <div className="panel__head">
        <h2 id="playground-history">Run history</h2>
        <Segmented
          label="Whose runs"
          options={[
            { value: "mine", label: "This browser" },
            { value: "all", label: "The workspace" },
          ]}
          value={whose}
          onChange={setWhose}
        />
      </div>
      <QueryStates query={history} failed="The runs could not be loaded.">
        {({ items }) => {
          const own = new Map(ownRuns().map((run) => [run.id, run]));
          const rows = whose === "mine" ? items.filter((run) => own.has(run.id)) : items;
          if (rows.length === 0)
            return <p className="panel__body t2">{whose === "mine" ? "What you run here is kept in this list." : "Nobody has run anything in the playground yet."}</p>;
          return (
            <div className="table-wrap" tabIndex={0} role="group" aria-label="Run history, scrolls sideways">
              <table className="table">
                <caption className="sr">Runs of the playground, newest first</caption>
                <thead>
                  <tr>
                    {HEADS.map((head) => (
                      <th key={head} scope="col" className={NUMBERS.has(head) ? "num" : undefined}>
                        {head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((run) => (
                    <Row key={run.id} run={run} own={own.get(run.id)} />
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </QueryStates>
    </section>
  );
}
