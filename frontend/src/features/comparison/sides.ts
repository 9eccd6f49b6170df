import type { Named } from "./api";

const NAMED = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d{1,4})?$/i;
export const MOST_CANDIDATES = 3;

/** The sides an address names; null where it names none, or not rightly. */
export function namedSides(base: string | undefined, others: readonly string[] | undefined): Named | null {
  const candidates = (others ?? []).filter((name) => NAMED.test(name)).slice(0, MOST_CANDIDATES);
  return base && NAMED.test(base) && candidates.length > 0 ? { base, others: candidates } : null;
}

export const named = (side: { experiment_id: string; arm: number }): string => `${side.experiment_id}:${side.arm}`;

interface Nameable {
  name: string | null;
  version_number: number;
  model: string;
  arm: number;
}

const repeated = (names: readonly string[], name: string | undefined) => names.filter((other) => other === name).length > 1;

/** `v9`; where two sides would have the same name, with the model, else with the arm. */
export function sideNames(sides: readonly Nameable[]): string[] {
  const short = sides.map((side) => side.name ?? `v${side.version_number}`);
  const withModel = sides.map((side, index) => (repeated(short, short[index]) ? `${short[index]} · ${side.model}` : (short[index] ?? "")));
  return withModel.map((name, index) => (repeated(withModel, name) ? `${name} · run ${index + 1}` : name));
}

export function together(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
