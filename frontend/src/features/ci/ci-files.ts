/** What a repository needs for its pull requests. The workflow is what `llmops init` writes, the job is deploy/gitlab's; tests hold them together. */

export const HOSTS = [
  { value: "github", label: "GitHub" },
  { value: "gitlab", label: "GitLab" },
  { value: "shell", label: "Any other" },
] as const;
export type Host = (typeof HOSTS)[number]["value"];

export const hostOf = (word: string | undefined): Host => HOSTS.find(({ value }) => value === word)?.value ?? "github";

/** What the gate's key has to be allowed. */
export const KEY_SCOPES = ["read", "write", "run"] as const;

export const ACTION = "OWNER/llmops-platform/.github/actions/llmops-gate@main";

export const WORKFLOW = `name: prompts

on:
  pull_request:
    paths: ["llmops.yaml", "prompts/**", "golden.jsonl"]

permissions:
  contents: read
  pull-requests: write # the comment; a fork's pull request gets a summary only

jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0 # the base's prompts are read from git
          persist-credentials: false
      - uses: ${ACTION}
        with:
          config: llmops.yaml
          base: origin/\${{ github.base_ref }}
          server-url: \${{ vars.LLMOPS_URL }} # without one, the job starts a server of its own
          api-key: \${{ secrets.LLMOPS_API_KEY }}
          comment: true
`;

const GITLAB = `llmops-gate:
  image: python:3.12 # has git as well, which the -slim ones lack
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [llmops.yaml, prompts/**/*, golden.jsonl]
  variables:
    GIT_DEPTH: "0" # the base's prompts are read from git
    PLATFORM_SOURCE: https://github.com/OWNER/llmops-platform.git
    PLATFORM_REF: main
  before_script:
    - git clone -q --depth 1 --branch "$PLATFORM_REF" "$PLATFORM_SOURCE" /opt/llmops
    - pip install -q --require-hashes -r /opt/llmops/requirements.txt
    - pip install -q --no-deps -e /opt/llmops -e /opt/llmops/sdk
    - git config --global --add safe.directory "$CI_PROJECT_DIR" # another user may have cloned it
  script:
    - set -o pipefail
    - git fetch -q origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - code=0
    - >
      llmops gate --base "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" --head HEAD --json
      -o gate.md -o gate.junit.xml -o gate.html 2>&1 >gate.json | tee gate.log || code=$?
    - llmops ci-report gate.json --report gate.md --log gate.log --exit-code "$code" || true
    - exit "$code"
  artifacts:
    when: always
    paths: [gate.json, "gate*.md", "gate*.html"]
    reports:
      junit: "gate*.junit.xml"
`;

/** In single quotes for a shell: a quote ends them, stands alone, and begins them again. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const plain = (text: string): string => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text));

/** `support/answer` is kept in `prompts/support-answer.md`, as `llmops init` does it. */
export const fileOf = (prompt: string): string => `prompts/${prompt.replace(/[^\w.-]+/g, "-")}.md`;

export function configFile(prompts: readonly string[]): string {
  const named = prompts.length > 0 ? prompts : ["support/answer"];
  return `prompts:\n${named.map((prompt) => `  ${plain(prompt)}: ${plain(fileOf(prompt))}\n`).join("")}`;
}

interface Step {
  title: string;
  about: string;
  code: string;
}

/** Where the address and the key go, and the job itself. */
export function stepsFor(host: Host, origin: string): Step[] {
  if (host === "github") {
    return [
      { title: "Address and key", about: "Once, in the repository; gh asks for the key.", code: `gh variable set LLMOPS_URL --body ${quoted(origin)}\ngh secret set LLMOPS_API_KEY` },
      { title: ".github/workflows/llmops.yml", about: "As llmops init writes it; OWNER is whose copy of the platform you use. Its output reports is a folder with the JUnit, HTML and Markdown files.", code: WORKFLOW },
    ];
  }
  if (host === "gitlab") {
    return [
      {
        title: "Variables of the project",
        about: "LLMOPS_API_KEY masked. GITLAB_TOKEN, a project token with the scope api, is for the comment.",
        code: `LLMOPS_URL=${origin}\nLLMOPS_API_KEY=\nGITLAB_TOKEN=`,
      },
      { title: ".gitlab-ci.yml", about: "OWNER is whose copy of the platform you use.", code: GITLAB },
    ];
  }
  return [
    {
      title: "Shell",
      about: "The key comes from your CI's own store of secrets.",
      code: `export LLMOPS_URL=${quoted(origin)}\nexport LLMOPS_API_KEY\ngit fetch -q origin main\nllmops gate --base origin/main --head HEAD -o gate.md -o gate.junit.xml\n`,
    },
  ];
}
