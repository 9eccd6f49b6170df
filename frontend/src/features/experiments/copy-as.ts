import type { Request } from "./plan-api";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same request on a command line; the key is read from the environment, never written down. */
export function asCurl(request: Request, origin: string): string {
  const lines = [
    `curl -fsS ${quoted(`${origin}/api/v1/experiments/run`)}`,
    '-H "X-API-Key: $LLMOPS_API_KEY"',
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(request))}`,
  ];
  return lines.join(" \\\n  ");
}

const NAMED_TAG = /^[^=\s][^=]*=.+/;

/** The same request for the command line's client; what no flag says is named in its first line. */
export function asCommand({ prompt, versions, baseline, models, golden, evaluators, repeats, gate, max_cost_usd, concurrency, adaptive, tags, experiment_name }: Request, origin: string): string {
  const tellable = (tags ?? []).filter((tag) => NAMED_TAG.test(tag));
  const flags: [string, string | number | null | undefined][] = [
    ...(versions ?? []).map((version): [string, string | number] => ["--versions", version]),
    ["--base", baseline],
    ...(models ?? []).map((model): [string, string] => ["--models", model]),
    ...(golden?.tags ?? []).map((tag): [string, string] => ["--set", tag]),
    ["--split", golden?.split],
    ["--limit", golden?.sample],
    ["--repeats", repeats === 1 ? null : repeats],
    ["--jobs", concurrency],
    ["--max-cost", max_cost_usd],
    ...tellable.map((tag): [string, string] => ["--tag", tag]),
    ["--title", experiment_name],
    ["--server", origin],
  ];
  const untold = [
    evaluators?.length ? "the evaluators" : "",
    gate ? "the gate" : "",
    adaptive ? "stopping early" : "",
    tellable.length < (tags?.length ?? 0) ? "tags without a value" : "",
  ].filter(Boolean);
  const said = flags.flatMap(([flag, value]) => (value === null || value === undefined ? [] : [`${flag} ${shellWord(value)}`]));
  const line = [`llmops run ${shellWord(prompt ?? "")}`, ...said].join(" \\\n  ");
  return untold.length > 0 ? `# Left out, for no flag says it: ${untold.join(", ")}\n${line}` : line;
}

const shellWord = (value: string | number): string => (/^[\w@%+=:,./-]+$/.test(String(value)) ? String(value) : quoted(String(value)));

const indented = (text: string, by: number): string =>
  text
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** A step of a workflow of GitHub Actions; the commit goes along. */
export function asActionStep(request: Request, origin: string): string {
  const body = JSON.stringify({ ...request, git: { sha: "__SHA__", ref: "__REF__" } }, null, 2);
  return [
    `- name: ${JSON.stringify(`Experiment on ${request.prompt ?? "the prompt"}`)}`,
    "  env:",
    "    LLMOPS_API_KEY: ${{ secrets.LLMOPS_API_KEY }}",
    "  run: |",
    "    cat > experiment.json <<'JSON'",
    indented(body, 4),
    "    JSON",
    '    sed -i "s|__SHA__|$GITHUB_SHA|; s|__REF__|$GITHUB_REF|" experiment.json',
    `    curl -fsS ${quoted(`${origin}/api/v1/experiments/run`)} \\`,
    '      -H "X-API-Key: $LLMOPS_API_KEY" \\',
    "      -H 'Content-Type: application/json' \\",
    "      -H \"Idempotency-Key: $GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT\" \\",
    "      -d @experiment.json",
  ].join("\n");
}
