#!/usr/bin/env bash
# Tells the build what the gate found. Its own troubles are said and turn nothing red.
set -uo pipefail
llmops="${LLMOPS:-$RUNNER_TEMP/llmops/bin/llmops}"
[[ -s "$FOLDER/gate.json" ]] || exit 0 # the gate never got so far; its own step says why

reports=()
for file in "$FOLDER"/gate*.md; do
  [[ -e "$file" ]] && reports+=(--report "$file")
done
comment=--comment
[[ "${COMMENT:-true}" == true ]] || comment=--no-comment

"$llmops" ci-report "$FOLDER/gate.json" "${reports[@]}" --config "$CONFIG" "$comment" || true
