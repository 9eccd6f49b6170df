import { count, decimal, duration, money } from "@/lib/format";
import type { Status } from "./api";
import type { Plan, Request, Version } from "./plan-api";
import { frozenOf } from "./reproduce";

/** What the form holds besides prompt, versions and baseline, which stand in the address. Numbers as they are typed. */
export interface Wishes {
  name: string;
  models: string[];
  examples: "all" | "some";
  sample: string;
  split: string;
  exampleTags: string[];
  evaluators: string[];
  /** Of a rerun: the options its evaluators had. */
  options: Record<string, Record<string, unknown>>;
  repeats: string;
  gate: string;
  cap: string;
  concurrency: string;
  adaptive: boolean;
  tags: string;
  /** Of a rerun whose choice of examples is not known: how many they were. */
  unknownExamples: number;
}

export const NO_WISHES: Wishes = {
  name: "",
  models: [],
  examples: "all",
  sample: "",
  split: "",
  exampleTags: [],
  evaluators: [],
  options: {},
  repeats: "1",
  gate: "",
  cap: "1.00",
  concurrency: "",
  adaptive: false,
  tags: "",
  unknownExamples: 0,
};

/** The examples an old experiment chose, as the form says it. */
function examplesFrom({ golden, plan, arms, repeats }: Status): Partial<Wishes> {
  if (!golden) return { unknownExamples: Math.round(plan.cases / Math.max(1, arms.length * repeats)) };
  const { sample, split, tags } = golden;
  if (sample === null && split === null && !tags?.length) return {};
  return { examples: "some", sample: sample === null ? "" : String(sample), split: split ?? "", exampleTags: tags ?? [] };
}

/** How an old experiment was run, where somebody reruns it. */
export function wishesFrom(old: Status | undefined): Wishes {
  if (!old) return NO_WISHES;
  const frozen = frozenOf(old.evaluators);
  // a judge brings its own options along; they are part of its version
  const own = frozen.filter(({ name, options }) => !name.startsWith("judge:") && Object.keys(options).length > 0);
  const options = Object.fromEntries(own.map(({ name, options }) => [name, options]));
  return {
    ...NO_WISHES,
    ...examplesFrom(old),
    models: old.models,
    gate: old.gate ?? "",
    evaluators: frozen.map(({ name }) => name),
    options,
    repeats: String(old.repeats),
    cap: old.max_cost_usd ?? "",
    adaptive: old.adaptive !== null,
    tags: old.tags.join(", "),
  };
}

export interface Chosen {
  versions: string[];
  baseline: string | undefined;
}

const isProduction = (version: Version) => version.labels.includes("production");

/** The newest version against the one in production, else against the one before it. */
export function usualChoice(versions: readonly Version[]): Chosen {
  const sorted = versions.toSorted((one, other) => other.number - one.number);
  const [newest, previous] = sorted;
  if (!newest) return { versions: [], baseline: undefined };
  const base = sorted.find(isProduction);
  const against = base && base.number !== newest.number ? base : previous;
  if (!against) return { versions: [String(newest.number)], baseline: undefined };
  return { versions: [String(against.number), String(newest.number)], baseline: String(against.number) };
}

export const usualName = ({ versions, baseline }: Chosen): string => {
  const others = versions.filter((version) => version !== baseline).map((version) => `v${version}`);
  return baseline === undefined ? others.join(", ") : `${others.join(", ") || "nothing"} against v${baseline}`;
};

/** A selector is a number, or a label. */
const selector = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);
const list = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
/** What is no number is sent as it was typed, so that the server says what is wrong with it. */
const number = (text: string): number | undefined => (text.trim() === "" ? undefined : Number(text));

export function requestOf(prompt: string, chosen: Chosen, wishes: Wishes): Request {
  const sample = number(wishes.sample);
  const concurrency = number(wishes.concurrency);
  const versions = chosen.baseline === undefined || chosen.versions.includes(chosen.baseline) ? chosen.versions : [chosen.baseline, ...chosen.versions];
  const isSome = wishes.examples === "some";
  return {
    prompt,
    experiment_name: wishes.name.trim() || usualName(chosen),
    versions: versions.map(selector),
    ...(chosen.baseline !== undefined && { baseline: selector(chosen.baseline) }),
    models: wishes.models,
    golden: isSome
      ? {
          ...(sample !== undefined && { sample }),
          ...(wishes.split && { split: wishes.split }),
          ...(wishes.exampleTags.length > 0 && { tags: wishes.exampleTags }),
        }
      : {},
    evaluators: wishes.evaluators.map((name) => {
      const options = wishes.options[name];
      return options ? { name, options } : name;
    }),
    repeats: number(wishes.repeats) ?? 1,
    ...(wishes.gate && { gate: wishes.gate }),
    ...(wishes.cap.trim() && { max_cost_usd: wishes.cap.trim() }),
    ...(concurrency !== undefined && { concurrency }),
    adaptive: wishes.adaptive,
    tags: list(wishes.tags),
    cache: true,
  };
}

/** Calls and money in one line. */
export const inShort = ({ calls, cost_usd_estimate: cost }: Plan): string => `${count(calls)} calls, ${cost === null ? "price unknown" : `≈ ${money(cost)}`}`;

/** What a line of calls and money ends with, where the models' pace is known. */
export const inTime = ({ eta_s }: Plan): string => (eta_s === null ? "" : `, about ${duration(eta_s * 1000)}`);

/** What the run can see, in the server's figure. */
export const sees = (difference: number | null): string =>
  difference === null
    ? "One version alone has nothing to be compared with: choose a baseline to get a verdict."
    : `With these examples you can see a drop of ${decimal(difference)} or more.`;
