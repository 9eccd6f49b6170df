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
