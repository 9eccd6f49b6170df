import type { Prompt, Version } from "./api";

/** Wire data of the tests of this folder: support/answer with v1 … v7, v6 in production. */
const id = (tail: string): string => `0190a000-0000-7000-8000-${tail.padStart(12, "0")}`;

export const PROMPT_ID = id("aa");
export const versionId = (number: number): string => id(`b${number}`);

export function version(number: number, over: Partial<Version> = {}): Version {
  return {
    id: versionId(number),
    prompt_id: PROMPT_ID,
    number,
    template_format: "jinja2",
    template: `Answer in ${number} sentences.\n{{ question }}`,
    messages: null,
    model: null,
    parameters: { temperature: 0 },
    response_schema: null,
    variables: [{ name: "question", required: true }],
    content_hash: `hash-${number}`,
    message: `Change ${number}`,
    parent_number: number > 1 ? number - 1 : null,
    created_by: "grace",
    created_at: "2026-01-02T10:00:00Z",
    is_active: number === 6,
    labels: number === 6 ? ["production"] : [],
    last_score: null,
    verdict: null,
    ...over,
  };
}

export const page = <T>(items: T[]) => ({ items, next_cursor: null, total: items.length });

export function prompt(over: Partial<Prompt> = {}): Prompt {
  const { id: latest, content_hash, model, message, created_by, created_at } = version(7);
  return {
    id: PROMPT_ID,
    name: "support/answer",
    description: "",
    tags: ["refunds"],
    revision: 1,
    created_by: "ada",
    created_at: "2026-01-01T10:00:00Z",
    updated_at: "2026-01-02T10:00:00Z",
    archived_at: null,
    aliases: [],
    labels: [{ name: "production", version_id: versionId(6), version_number: 6, moved_at: "2026-01-02T10:00:00Z" }],
    latest_version: { id: latest, number: 7, content_hash, model, message, created_by, created_at },
    golden_count: 3,
    last_score: null,
    production: { version_id: versionId(6), number: 6 },
    score: { value: 0.87, interval: [0.8, 0.91], n: 96 },
    change: null,
    runs_7d: 12,
    cases_7d: 96,
    cost_7d: "0.4",
    owner: "ada",
    ...over,
  };
}
