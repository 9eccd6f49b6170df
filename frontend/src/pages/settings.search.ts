import { type RawSearch, flag, text } from "@/lib/search-params";

export interface SettingsSearch {
  /** The sheet that makes a key, an invitation, a gate, a budget or a webhook is open. */
  new?: true;
  /** The gate whose sheet is open. */
  gate?: string;
  /** The budget or webhook whose sheet is open. */
  edit?: string;
  /** The model that gets a price, or `new`. */
  price?: string;
  /** The webhook whose deliveries are shown. */
  hook?: string;
  /** Which of a list, or which CI server. */
  view?: string;
  /** The prompt that CI is set up for, or that gets a gate. */
  prompt?: string;
  /** The label that a new gate is to protect. */
  label?: string;
  actor?: string;
  tag?: string;
  object?: string;
  /** Days, both counted in. */
  from?: string;
  to?: string;
  cursor?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function day(raw: RawSearch, key: string): string | undefined {
  const value = text(raw, key);
  return value && DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

export function settingsSearch(raw: RawSearch): SettingsSearch {
  return {
    new: flag(raw, "new"),
    gate: text(raw, "gate"),
    edit: text(raw, "edit"),
    price: text(raw, "price"),
    hook: text(raw, "hook"),
    view: text(raw, "view"),
    prompt: text(raw, "prompt"),
    label: text(raw, "label"),
    actor: text(raw, "actor"),
    tag: text(raw, "tag"),
    object: text(raw, "object"),
    from: day(raw, "from"),
    to: day(raw, "to"),
    cursor: text(raw, "cursor"),
  };
}
