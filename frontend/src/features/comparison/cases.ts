import type { Schemas } from "@/services/http";
import type { CaseTable } from "./api";
import type { Only, Sort } from "./choices";

export type Group = Schemas["Group"];
/** `waiting`: a side has not run yet, so the case is in none of the server's groups. */
export type Standing = Group | "waiting";

export interface Cell {
  score: number | null;
  state: Schemas["CaseState"] | null;
  output: string | null;
  spread: number | null;
  costUsd: string | null;
  latencyMs: number | null;
}

/** One example under all sides; the baseline's cell is the first, `deltas` has one entry for each candidate. */
export interface Case {
  id: string;
  /** As people count: the first is 1. */
  number: number;
  question: string;
  tags: readonly string[];
  critical: boolean;
  standing: Standing;
  cells: readonly Cell[];
  deltas: readonly (number | null)[];
  /** Each candidate's change; the first one's is the server's. */
  standings: readonly Standing[];
  text: string;
}

export interface Cases {
  all: readonly Case[];
  byId: ReadonlyMap<string, Case>;
  tags: readonly string[];
  better: "higher" | "lower";
}

const between = (before: Cell | undefined, after: Cell): number | null =>
  !before || before.score === null || after.score === null ? null : after.score - before.score;

function standingOf(delta: number | null, better: Cases["better"], cell: Cell): Standing {
  if (delta === null) return cell.state === null ? "waiting" : "error";
  if (delta === 0) return "same";
  return delta > 0 === (better === "higher") ? "improved" : "regressed";
}

const READ = new WeakMap<CaseTable, Cases>();

/** The rows of the wire as objects, with what sorting and searching asks for again and again worked out once. */
export function readCases(table: CaseTable): Cases {
  const before = READ.get(table);
  if (before) return before;
  const cases = read(table);
  READ.set(table, cases);
  return cases;
}

function read(table: CaseTable): Cases {
  const tags = new Set<string>();
  const all = table.rows.map(([id, position, question, own, critical, group, sides]): Case => {
    const cells = sides.map(([score, state, output, spread, costUsd, latencyMs]): Cell => ({ score, state, output, spread, costUsd, latencyMs }));
    const deltas = cells.slice(1).map((cell) => between(cells[0], cell));
    const standing = group ?? "waiting";
    const standings = cells.slice(1).map((cell, index) => (index === 0 ? standing : standingOf(deltas[index] ?? null, table.direction, cell)));
    for (const tag of own) tags.add(tag);
    const text = [question, ...own, ...cells.map((cell) => cell.output ?? "")].join("\n").toLowerCase();
    return { id, number: position + 1, question, tags: own, critical, standing, cells, deltas, standings, text };
  });
  return { all, byId: new Map(all.map((one) => [one.id, one])), tags: [...tags].toSorted(), better: table.direction };
}

const KEEPS: Readonly<Record<Only, (one: Case) => boolean>> = {
  all: () => true,
  regressed: (one) => one.standing === "regressed",
  improved: (one) => one.standing === "improved",
  same: (one) => one.standing === "same",
  error: (one) => one.standing === "error",
  only_one: (one) => one.standing === "only_one",
  waiting: (one) => one.standing === "waiting",
  any: (one) => one.standings.includes("regressed"),
  worse2: (one) => one.standings[1] === "regressed",
  worse3: (one) => one.standings[2] === "regressed",
  repaired: (one) => one.standing === "regressed" && ["same", "improved"].includes(one.standings.at(-1) ?? ""),
  disagree: (one) => new Set(one.standings).size > 1,
};

export const countOf = (cases: Cases, only: Only): number => cases.all.reduce((sum, one) => sum + Number(KEEPS[only](one)), 0);

/** What the page opens with: what broke, and all cases where nothing did. */
export function defaultOnly(cases: Cases): Only {
  const broke: Only = (cases.all[0]?.deltas.length ?? 1) > 1 ? "any" : "regressed";
  return cases.all.some(KEEPS[broke]) ? broke : "all";
}

/** What is shown: who asks for what broke where nothing did is shown the rest. */
export function onlyOf(cases: Cases, asked: Only | undefined): Only {
  const broke = defaultOnly(cases);
  return broke === "all" && isBroken(asked) ? "all" : (asked ?? broke);
}

export const isBroken = (only: Only | undefined): boolean => only === "regressed" || only === "any";

const present = (values: readonly (number | null)[]) => values.filter((value) => value !== null);

/** Lower is earlier; what has no figure comes last, whichever way. */
function keyOf(sort: Sort, better: Cases["better"]): (one: Case) => number {
  const gain = (delta: number | null) => (delta === null ? null : better === "higher" ? delta : -delta);
  switch (sort) {
    case "delta":
      return (one) => Math.min(...present(one.deltas.map(gain)));
    case "-delta":
      return (one) => -Math.max(...present(one.deltas.map(gain)));
    case "spread":
      return (one) => -Math.max(...present(one.cells.map((cell) => cell.spread)));
    case "cost":
      return (one) => -Math.max(...present(one.cells.slice(1).map((cell) => (cell.costUsd === null ? null : Number(cell.costUsd)))));
    case "position":
      return (one) => one.number;
  }
}

export interface Selection {
  only: Only;
  sort: Sort;
  tag?: string | undefined;
  q?: string | undefined;
}

export function selectCases(cases: Cases, { only, sort, tag, q }: Selection): readonly Case[] {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const kept = cases.all.filter(
    (one) => KEEPS[only](one) && (!tag || one.tags.includes(tag)) && words.every((word) => one.text.includes(word)),
  );
  const key = keyOf(sort, cases.better);
  const keyed = kept.map((one) => ({ one, key: key(one) }));
  keyed.sort((a, b) => (a.key === b.key ? a.one.number - b.one.number : a.key < b.key ? -1 : 1));
  return keyed.map(({ one }) => one);
}

const STATES: Readonly<Record<Schemas["CaseState"], string>> = {
  scored: "scored",
  template_error: "failed: template",
  provider_error: "failed: provider",
  judge_error: "judge failed",
  judge_unparseable: "judge’s reply unreadable",
  worker_lost: "failed: worker lost",
  budget_skipped: "skipped: budget used up",
  cancelled: "cancelled",
};

export const stateWords = (state: Schemas["CaseState"] | null): string => (state === null ? "not run" : STATES[state]);
