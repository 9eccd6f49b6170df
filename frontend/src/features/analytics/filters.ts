/** What the analytics page is asked for; these words stand in the address. */

export const GROUPS = ["none", "prompt", "model", "source", "version"] as const;
export const SOURCES = ["run", "query", "playground", "gateway", "experiment"] as const;
export const EVERY = ["hour", "day", "week"] as const;

export type GroupBy = (typeof GROUPS)[number];
export type Source = (typeof SOURCES)[number];
export type Every = (typeof EVERY)[number];

export interface AnalyticsFilters {
  /** `-30d`, a day, or a moment. A day as `to` is counted in. */
  from?: string | undefined;
  to?: string | undefined;
  by?: GroupBy | undefined;
  /** The id of a prompt. */
  prompt?: string | undefined;
  model?: string | undefined;
  source?: Source | undefined;
  /** Only the calls that failed. */
  failed?: true | undefined;
  interval?: Every | undefined;
  /** Without the period before. */
  before?: "off" | undefined;
}

export const PRESETS = ["-24h", "-7d", "-30d", "-90d"] as const;
export type Preset = (typeof PRESETS)[number];

export const asPreset = (value: string | undefined): Preset | undefined => PRESETS.find((preset) => preset === value);

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z$/;

export const isDay = (value: string): boolean => DAY.test(value) && !Number.isNaN(Date.parse(value));

export const isMoment = (value: string): boolean =>
  asPreset(value) !== undefined || isDay(value) || (MOMENT.test(value) && !Number.isNaN(Date.parse(value)));

export const SOURCE_NAMES: Readonly<Record<Source, string>> = {
  run: "single runs",
  query: "questions",
  playground: "playground",
  gateway: "gateway calls",
  experiment: "experiments",
};
