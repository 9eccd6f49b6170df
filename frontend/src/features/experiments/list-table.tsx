import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useShortcuts } from "@/lib/shortcuts";
import type { Experiment } from "./api";
import { ListRow } from "./list-row";

const COLUMNS = [
  ["Choose", "sr"],
  ["Experiment"],
  ["Status"],
  ["Versions and model"],
  ["Verdict"],
  ["Score, 95 % CI", "num"],
  ["Δ vs baseline", "num"],
  ["Got worse", "num"],
  ["Cost", "num"],
  ["p95", "num"],
  ["Started by"],
  ["Started"],
] as const;

interface ListTableProps {
  items: readonly Experiment[];
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
}

export function ListTable({ items, chosen, onChoose }: ListTableProps) {
  const navigate = useNavigate();
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState(-1);
  const choose = (id: string, isChosen: boolean) => onChoose(isChosen ? [...chosen, id] : chosen.filter((other) => other !== id));
  const go = (step: number) => {
    const next = Math.min(items.length - 1, Math.max(0, current + step));
    setCurrent(next);
    body.current?.querySelectorAll<HTMLAnchorElement>("th a")[next]?.focus();
  };
  const row = items[current];
  useShortcuts({
    j: () => go(1),
    k: () => go(-1),
    x: () => row && choose(row.id, !chosen.includes(row.id)),
    ...(row && { o: () => void navigate({ to: "/experiments/$experimentId", params: { experimentId: row.id } }) }),
  });
  return (
    // reachable, so that a keyboard can scroll it
    <div className="table-wrap" tabIndex={0} role="group" aria-label="Experiments, scrolls sideways">
      <table className="table experiments">
        <caption className="sr">Experiments</caption>
        <thead>
          <tr>
            {COLUMNS.map(([name, kind]) => (
              <th key={name} scope="col" className={kind === "num" ? "num" : undefined}>
                {kind === "sr" ? <span className="sr">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {items.map((experiment, index) => (
            <ListRow
              key={experiment.id}
              experiment={experiment}
              isCurrent={index === current}
              isChosen={chosen.includes(experiment.id)}
              onChoose={(isChosen) => choose(experiment.id, isChosen)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
