#!/usr/bin/env bash
# Tells the build what the gate found. Its own troubles are said and turn nothing red.
set -uo pipefail
llmops="${LLMOPS:-$RUNNER_TEMP/llmops/bin/llmops}"

arguments=("$FOLDER/gate.json" --report "$FOLDER/gate.md" --log "$FOLDER/gate.log")
arguments+=(--config "$CONFIG" "--name=${NAME:-}")
[[ -n "${EXIT_CODE:-}" ]] && arguments+=(--exit-code "$EXIT_CODE")
[[ "${COMMENT:-true}" == true ]] || arguments+=(--no-comment)

"$llmops" ci-report "${arguments[@]}" || true
