import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Chip, LabelChip } from "@/components/ui/chip";
import { Menu, MenuItem } from "@/components/ui/menu";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { duration, money } from "@/lib/format";
import type { Side } from "./api";
import { named } from "./sides";
import { useSetBaseline } from "./use-baseline";
import type { Compared } from "./use-comparison";
import type { PairVerdict } from "./use-verdicts";

export function PairHead({ names }: { names: readonly string[] }) {
  const [from, to] = names;
  return (
    <thead>
      <tr>
        <th className="num hide-narrow" scope="col">
          <abbr title="Number of the case">#</abbr>
        </th>
        <th scope="col">Question and {to} output</th>
        <th scope="col" className="cases__picture-head" aria-label={`Score of ${from} and ${to}`}>
          <span className="legend cases__legend">
            <span>
              <i className="dot hollow cases__before" />
              {from}
            </span>
            <span>
              <i className="dot cases__after" />
              {to}
            </span>
          </span>
        </th>
        <th className="num hide-narrow" scope="col">
          {from}
        </th>
        <th className="num hide-narrow" scope="col">
          {to}
        </th>
        <th className="num" scope="col">
          <abbr title="Difference">Δ</abbr>
        </th>
      </tr>
    </thead>
  );
}

interface ManyHeadProps {
  compared: Compared;
  verdicts: readonly (PairVerdict | undefined)[];
}

export function ManyHead({ compared, verdicts }: ManyHeadProps) {
  return (
    <thead>
      <tr>
        <th className="num" scope="col">
          <abbr title="Number of the case">#</abbr>
        </th>
        <th scope="col">Question</th>
        {compared.table.sides.map((side, index) => (
          <RunHead key={index} compared={compared} side={side} index={index} verdict={verdicts[index - 1]} />
        ))}
      </tr>
    </thead>
  );
}

interface RunHeadProps {
  compared: Compared;
  side: Side;
  index: number;
  verdict: PairVerdict | undefined;
}

function RunHead({ compared, side, index, verdict }: RunHeadProps) {
  const name = compared.names[index] ?? "";
  return (
    <th scope="col" className="runhead">
      <span className="row">
        <Chip kind="ver">{name}</Chip>
        <Link to="/experiments/$experimentId" params={{ experimentId: side.experiment_id }} search={{ arm: side.arm }}>
          run
        </Link>
        {side.labels.map((label) => (
          <LabelChip key={label} name={label} />
        ))}
        {index === 0 && <span className="n">baseline</span>}
        <RunMenu compared={compared} index={index} name={name} />
      </span>
      <span className="row wrap">
        <ScoreValue estimate={side.mean} />
        {verdict && (
          <DeltaValue value={verdict.difference} interval={verdict.interval} n={verdict.nPairs} lowerIsBetter={verdict.lowerIsBetter} />
        )}
      </span>
      <span className="n">
        {verdict ? `${verdict.losses} worse, ${verdict.wins} better, ${verdict.ties} same` : `mean ${compared.table.metric}`}
      </span>
      <Spent side={side} />
    </th>
  );
}

/** What the side cost, and how long its slow answers took. */
function Spent({ side: { cost_usd, latency_p95_ms } }: { side: Side }) {
  const told = [cost_usd !== null && money(cost_usd), latency_p95_ms !== null && `p95 ${duration(latency_p95_ms)}`].filter(Boolean);
  return told.length > 0 && <span className="n">{told.join(" · ")}</span>;
}

function RunMenu({ compared, index, name }: { compared: Compared; index: number; name: string }) {
  const navigate = useNavigate({ from: "/compare" });
  const setBaseline = useSetBaseline(compared);
  const sides = compared.table.sides;
  const go = (base: Side | undefined, others: readonly Side[]) =>
    base && void navigate({ search: { base: named(base), with: others.map(named) }, resetScroll: false });
  const rest = sides.filter((_, other) => other !== index);
  const trigger = (
    <IconButton label={`Menu of ${name}`} kind="quiet" small className="push">
      <Ellipsis className="icon" aria-hidden="true" />
    </IconButton>
  );
  if (index === 0) return null;
  return (
    <Menu trigger={trigger}>
      <MenuItem onSelect={() => setBaseline(index)}>Set as baseline</MenuItem>
      <MenuItem onSelect={() => go(sides[0], sides.slice(index, index + 1))}>Compare with the baseline only</MenuItem>
      <MenuItem onSelect={() => go(sides[0], rest.slice(1))}>Take away</MenuItem>
    </Menu>
  );
}

/** The figures under the table. */
export function Means({ compared }: { compared: Compared }) {
  return compared.table.sides.map((side, index) => (
    <span key={index}>
      {compared.names[index]} mean <ScoreValue estimate={side.mean} /> <Spent side={side} />
    </span>
  ));
}
