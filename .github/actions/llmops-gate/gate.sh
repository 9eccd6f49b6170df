#!/usr/bin/env bash
# Runs the gate and keeps its results for the report; ends with the gate's own exit code.
set -uo pipefail
llmops="${LLMOPS:-$RUNNER_TEMP/llmops/bin/llmops}"
folder="$(mktemp -d "${RUNNER_TEMP:-/tmp}/llmops-gate.XXXXXX")"
echo "folder=$folder" >>"$GITHUB_OUTPUT"

arguments=(--config "$CONFIG" --json)
for ending in md junit.xml html; do
  arguments+=(-o "$folder/gate.$ending")
done
[[ -n "${BASE:-}" ]] && arguments+=(--base "$BASE" --head "${HEAD:-HEAD}")
while IFS= read -r rule; do
  [[ "$rule" =~ [^[:space:]] ]] && arguments+=("--gate=$rule")
done <<<"${GATE:-}"
[[ -n "${LLMOPS_URL:-}" ]] || unset LLMOPS_URL LLMOPS_API_KEY

# ARGUMENTS is split into words as a shell does it, and nothing in it is evaluated.
with_more='
import os, shlex, sys
try:
    more = shlex.split(os.environ.get("ARGUMENTS", ""))
except ValueError as error:
    print(f"llmops: the input `arguments` cannot be read: {error}.", file=sys.stderr)
    sys.exit(2)
os.execv(sys.argv[1], sys.argv[1:] + more)
'
python3 -c "$with_more" "$llmops" gate "${arguments[@]}" \
  2>&1 >"$folder/gate.json" | tee "$folder/gate.log" >&2
code="${PIPESTATUS[0]}"
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
