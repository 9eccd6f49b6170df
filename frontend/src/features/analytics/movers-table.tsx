import { Link } from "@tanstack/react-router";
import { changeText } from "@/components/charts/chart-text";
import { Panel } from "@/components/layout/panel";
import { SettingsTable } from "@/features/accounts/settings-table";
import type { Schemas } from "@/services/http";
import type { Analytics } from "./api";
import { Change } from "./change";
import { FIGURES } from "./figures";
import { dayName } from "./zone";

type Mover = Schemas["Mover"];

const NAMES: Readonly<Record<Mover["metric"], string>> = {
  score: "score",
  hallucination: "hallucinated claims",
  errors: "failed calls",
  cost: "cost of a call",
  latency: "mean latency",
};

export function MoversTable({ data }: { data: Analytics }) {
  return (
    <Panel
      title="Top movers"
      beside={<span className="n">most evidence first</span>}
      foot={<span>Coloured where the 95 % interval excludes 0. Figures with fewer than 20 calls or examples in either period are left out.</span>}
      flush
    >
      {data.movers.length > 0 ? (
        <SettingsTable
          caption="Top movers, most evidence first"
          columns={["Prompt", "Figure", "Period before → this one", { name: "Δ, 95 % CI", kind: "num" }, "What happened then", { name: "Runs", kind: "hidden" }]}
        >
          {data.movers.map((mover) => (
            <MoverRow key={`${mover.prompt_id} ${mover.metric}`} mover={mover} data={data} />
          ))}
        </SettingsTable>
      ) : (
        <p className="panel__body t2">No figure of a prompt has 20 calls or examples in this window and in the one before, and differs.</p>
      )}
    </Panel>
  );
}

function MoverRow({ mover, data }: { mover: Mover; data: Analytics }) {
  const { prompt_id, name, metric, before, after, change } = mover;
  const kind = FIGURES[metric];
  const move = data.label_moves.find((mark) => mark.prompt_id === prompt_id);
  return (
    <tr>
      <td>
        <Link to="/prompts/$" params={{ _splat: name }}>
          {name}
        </Link>
      </td>
      <td>{NAMES[metric]}</td>
      <td className="t2 nowrap">{changeText(before.value, after.value, kind.format)}</td>
      <td className="num">
        <Change change={change} kind={kind} withN />
      </td>
      <td className="t2 nowrap">{move ? `v${move.to_number} → ${move.label}, ${dayName(move.at, data.tz)}` : <span className="t3">no label moved</span>}</td>
      <td className="right">
        <Link className="small" to="/prompts/$" params={{ _splat: name }} search={{ tab: "runs" }}>
          See the runs
        </Link>
      </td>
    </tr>
  );
}
