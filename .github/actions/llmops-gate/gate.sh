#!/usr/bin/env bash
# Runs the gate and keeps its results for the report; ends with the gate's own exit code.
set -uo pipefail
llmops="${LLMOPS:-$RUNNER_TEMP/llmops/bin/llmops}"
folder="$(mktemp -d)"
echo "folder=$folder" >>"$GITHUB_OUTPUT"

arguments=(--config "$CONFIG" --json -o "$folder/gate.md" -o "$folder/gate.junit.xml")
[[ -n "${BASE:-}" ]] && arguments+=(--base "$BASE" --head "${HEAD:-HEAD}")
read -ra more <<<"${ARGUMENTS:-}"
[[ -n "${LLMOPS_URL:-}" ]] || unset LLMOPS_URL LLMOPS_API_KEY

"$llmops" gate "${arguments[@]}" "${more[@]}" >"$folder/gate.json"
