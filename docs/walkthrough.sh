#!/usr/bin/env bash
# Calls every endpoint of the API, in an order a person might, and stops at the first answer that is
# not the expected one. Needs curl and python3, a running platform and a key with all scopes:
#
#   llmops up                                                      # in another terminal
#   KEY=$(llmops keys create walkthrough --scopes all) docs/walkthrough.sh
#
# BASE is where the platform is. SETUP_TOKEN, if given, is the token of the set-up link that
# `llmops up` prints: then a person is registered as well. What is made is erased at the end.
set -euo pipefail

BASE=${BASE:-http://127.0.0.1:8000}
KEY=${KEY:?a key with all scopes: KEY=\$(llmops keys create walkthrough --scopes all)}
SETUP_TOKEN=${SETUP_TOKEN:-}
API=/api/v1
MARK=walk-$(date +%s)-$$
ANSWER=$(mktemp)
COOKIES=$(mktemp)
trap 'rm -f "$ANSWER" "$COOKIES"' EXIT

# call METHOD "STATUS …" PATH [curl's options]: the body is kept for `pick`, the status in $STATUS.
call() {
  local method=$1 expected=$2 path=$3
  shift 3
  STATUS=$(curl --silent --show-error --globoff --max-time 120 --output "$ANSWER" \
    --write-out '%{http_code}' --request "$method" --header "X-API-Key: $KEY" "$@" "$BASE$path")
  printf '%s  %-6s %s\n' "$STATUS" "$method" "$path"
  if [[ " $expected " != *" $STATUS "* ]]; then
    printf 'expected %s; the answer was:\n' "$expected" >&2
    cat "$ANSWER" >&2
    exit 1
  fi
}

# send METHOD "STATUS …" PATH [curl's options] <<JSON: the same with a body.
send() {
  call "$@" --header 'Content-Type: application/json' --data-binary @-
}

# pick items 0 id: one value of the last answer.
pick() {
  python3 -c '
import json, sys
found = json.load(open(sys.argv[1], encoding="utf-8"))
for step in sys.argv[2:]:
    found = found[int(step)] if isinstance(found, list) else found[step]
print(found)' "$ANSWER" "$@"
}

# until_ended PATH: asks until the status there is a final one.
until_ended() {
  local status=pending
  for _ in $(seq 1 120); do
    status=$(curl --silent --fail --header "X-API-Key: $KEY" "$BASE$1" |
      python3 -c 'import json, sys; print(json.load(sys.stdin)["status"])')
    case $status in
      completed | completed_with_errors | failed | cancelled) return ;;
    esac
    sleep 0.5
  done
  printf '%s is still %s after a minute: does a worker run?\n' "$1" "$status" >&2
  exit 1
}

echo '--- is it alive'
call GET 200 /healthz
call GET 200 /readyz
call GET 200 /version
call GET 200 "$API/health"

echo '--- people and keys'
send POST '201 403' "$API/auth/register" <<JSON
{"email": "$MARK@example.org", "username": "$MARK", "password": "Nine brisk herons $MARK"
 ${SETUP_TOKEN:+, \"setup_token\": \"$SETUP_TOKEN\"}}
JSON
if [[ $STATUS == 201 ]]; then
  SIGNED_IN=200
  REFRESH_TOKEN=$(pick refresh_token)
else # sign-up is closed and no set-up token was given
  SIGNED_IN=401
  REFRESH_TOKEN=none
fi
send POST "$SIGNED_IN" "$API/auth/login" <<JSON
{"username": "$MARK", "password": "Nine brisk herons $MARK"}
JSON
send POST "$SIGNED_IN" "$API/auth/refresh" <<JSON
{"refresh_token": "$REFRESH_TOKEN"}
JSON
send POST 204 "$API/auth/logout" <<JSON
{"refresh_token": "$REFRESH_TOKEN"}
JSON
call GET 200 "$API/protected"
call GET 200 "$API/me"
call GET 200 "$API/auth/setup"
call GET 200 "$API/members"
send POST 201 "$API/invitations" <<JSON
{"role": "user", "email": "$MARK-2@example.org"}
JSON
UNUSED=$(pick id)
send POST 201 "$API/invitations" <<JSON
{"role": "editor"}
JSON
INVITE_TOKEN=$(pick token)
call GET 200 "$API/invitations"
call DELETE 204 "$API/invitations/$UNUSED"

echo '--- as a browser: the cookie instead of a key, and the page the request comes from'
WHOLE_KEY=$KEY
KEY=
JAR=(--cookie "$COOKIES" --cookie-jar "$COOKIES" --header "Origin: $BASE")
send POST 201 "$API/auth/session/register" "${JAR[@]}" <<JSON
{"email": "$MARK-3@example.org", "username": "$MARK-3", "password": "Nine brisk herons $MARK",
 "time_zone": "Europe/Berlin", "invite_token": "$INVITE_TOKEN"}
JSON
PERSON=$(pick user id)
send POST 200 "$API/auth/session" "${JAR[@]}" <<JSON
{"username": "$MARK-3", "password": "Nine brisk herons $MARK"}
JSON
send PATCH 200 "$API/me" "${JAR[@]}" <<JSON
{"language": "de"}
JSON
call GET 200 "$API/me/sessions" "${JAR[@]}"
SESSION=$(pick items 0 id)
send POST 204 "$API/auth/password" "${JAR[@]}" <<JSON
{"current_password": "Nine brisk herons $MARK", "new_password": "Ten brisk herons $MARK"}
JSON
call DELETE 204 "$API/me/sessions/$SESSION" "${JAR[@]}"
call DELETE 204 "$API/auth/session" "${JAR[@]}"
send POST 422 "$API/auth/session/link" <<JSON
{"token": "as llmops users sign-in-link prints it"}
JSON
send POST 422 "$API/auth/password/reset" <<JSON
{"token": "as llmops users reset-link prints it", "new_password": "Ten brisk herons $MARK"}
JSON
KEY=$WHOLE_KEY
send PATCH 200 "$API/members/$PERSON" <<JSON
{"role": "moderator"}
JSON
call DELETE 204 "$API/members/$PERSON"
send POST 201 "$API/api-keys" <<JSON
{"name": "$MARK", "scopes": ["read", "write", "run", "review", "admin"], "expires_in_days": 1,
 "rate_limit_per_minute": 1000}
JSON
FIRST_KEY=$(pick id)
call POST 201 "$API/api-keys/$FIRST_KEY/rotate"
SECOND_KEY=$(pick id)
OWN_KEY=$KEY
KEY=$(pick key)
call GET 200 "$API/api-keys"

echo '--- a prompt and its versions'
send POST 201 "$API/prompts" <<JSON
{"name": "$MARK/answer", "tags": ["walkthrough"], "message": "First try",
 "template": "Answer in one sentence.\n\nQuestion: {{ question }}"}
JSON
PROMPT=$(pick id)
FIRST=$(pick latest_version id)
call GET 200 "$API/prompts?tag=walkthrough"
call GET 200 "$API/prompts/$PROMPT"
send PATCH 200 "$API/prompts/$PROMPT" <<JSON
{"description": "Answers questions about a kettle."}
JSON
send POST 201 "$API/prompts/$PROMPT/versions" <<JSON
{"parent_version": 1, "message": "Answer from the manual",
 "template": "Answer in one sentence, from the text below only.\n\n<context>\n{{ manual }}\n</context>\n\nQuestion: {{ question }}"}
JSON
SECOND=$(pick id)
HASH=$(pick content_hash)
call GET 200 "$API/prompts/$PROMPT/versions"
call GET 200 "$API/prompts/$PROMPT/versions/$SECOND"
send POST 200 "$API/prompts/$PROMPT/versions/$SECOND/render" <<JSON
{"variables": {"question": "How much does it hold?", "manual": "It holds 1.7 litres."}}
JSON
call GET 200 "$API/prompts/diff?from=$FIRST&to=$SECOND"
send POST 200 "$API/prompts/$PROMPT/versions/$SECOND/activate" <<JSON
{"reason": "It reads the manual."}
JSON
call GET 200 "$API/prompts/$PROMPT/labels"
call GET 200 "$API/prompts/$PROMPT/labels/production/history"
call GET 200 "$API/prompts/$PROMPT/score-history"
call GET 200 "$API/dashboard?days=7"
call GET 200 "$API/analytics?from=2026-03-02T00:00:00Z&to=2026-03-09T00:00:00Z&by=prompt"
call GET 200 "$API/analytics/export?from=2026-03-02T00:00:00Z&to=2026-03-09T00:00:00Z&format=csv"
call GET 200 "$API/prompts/named/$MARK/answer"
call GET 200 "$API/prompts/by-name/$MARK/answer@production"
call GET 304 "$API/prompts/by-name/$MARK/answer@production" --header "If-None-Match: \"$HASH\""

echo '--- golden examples'
send POST 201 "$API/prompts/$PROMPT/golden-examples" <<JSON
{"input_data": {"question": "How much does it hold?", "manual": "The kettle holds 1.7 litres."},
 "expected_output": "It holds 1.7 litres.", "context": "The kettle holds 1.7 litres."}
JSON
EXAMPLE=$(pick id)
call GET 200 "$API/prompts/$PROMPT/golden-examples"
call GET 200 "$API/prompts/$PROMPT/golden-examples/facets"
call GET 200 "$API/prompts/$PROMPT/golden-examples/$EXAMPLE"
send PATCH 200 "$API/prompts/$PROMPT/golden-examples/$EXAMPLE" <<JSON
{"tags": ["volume"]}
JSON
call POST 200 "$API/prompts/$PROMPT/golden-examples/import" --form dry_run=true \
  --form 'file=@-;filename=golden.csv' <<CSV
question,manual,expected,context
How long is the warranty?,The warranty covers three years.,Three years.,The warranty covers three years.
CSV
call POST 200 "$API/prompts/$PROMPT/golden-examples/import" \
  --form 'columns={"Frage": "input.question"}' --form 'file=@-;filename=golden.csv' <<CSV
Frage,manual,expected,context
How long is the warranty?,The warranty covers three years.,Three years.,The warranty covers three years.
May I wash the base?,The base may not be put under water.,No.,The base may not be put under water.
How often do I descale it?,Descale it every two months.,Every two months.,Descale it every two months.
CSV
call POST 200 "$API/imports" --form dry_run=true --form "prompt=$MARK/imported" \
  --form 'file=@-;filename=promptfooconfig.yaml' <<YAML
prompts: ["Answer in one word: {{question}}"]
tests:
- vars: {question: Capital of France?}
  assert: [{type: equals, value: Paris}, {type: javascript, value: "output.length < 9"}]
YAML
call GET 200 "$API/prompts/$PROMPT/golden-examples/export?format=csv"
call DELETE 204 "$API/prompts/$PROMPT/golden-examples/$EXAMPLE"

echo '--- single runs'
call GET 200 "$API/evaluators"
send POST 202 "$API/run" --header "Idempotency-Key: $MARK" <<JSON
{"prompt": "$MARK/answer", "evaluators": ["grounding"], "context": "The kettle holds 1.7 litres.",
 "variables": {"question": "How much does it hold?", "manual": "The kettle holds 1.7 litres."}}
JSON
RUN=$(pick run_id)
call GET 200 "$API/tasks/$RUN/events"
call GET 200 "$API/task-status/$RUN"
call GET 200 "$API/runs/$RUN"
call GET 200 "$API/runs?prompt=$PROMPT"
send POST 202 "$API/query" <<JSON
{"query": "How much water does a kettle hold?"}
JSON
QUERY=$(pick query_id)
until_ended "$API/query/$QUERY"
call GET 200 "$API/query/$QUERY"
send POST 200 "$API/playground/stream" <<JSON
{"template": "Say hello to {{ name }}.", "variables": {"name": "Ada"}}
JSON
grep -q '^event: done' "$ANSWER"
send POST 201 "$API/playground/states" <<JSON
{"columns": [{"template": "Say hello to {{ name }}."}], "variables": {"name": "Ada"}}
JSON
STATE=$(pick id)
call GET 200 "$API/playground/states/$STATE"

echo '--- experiments'
send POST 200 "$API/prompts/$PROMPT/versions/$SECOND/evaluate?wait=60" <<JSON
{"evaluators": ["similarity", "hallucination"]}
JSON
send POST 200 "$API/experiments/plan" <<JSON
{"prompt_id": "$PROMPT", "experiment_name": "$MARK", "versions": [2], "repeats": 100}
JSON
send POST 202 "$API/experiments/run" <<JSON
{"prompt_id": "$PROMPT", "experiment_name": "$MARK", "versions": [2], "repeats": 100,
 "evaluators": ["similarity", "grounding"]}
JSON
EXPERIMENT=$(pick experiment_id)
call POST '200 409' "$API/experiments/$EXPERIMENT/pause" # 409: it was faster than this script
call POST '200 409' "$API/experiments/$EXPERIMENT/resume"
call GET 200 "$API/experiments/$EXPERIMENT/events"
call GET 200 "$API/experiments/$EXPERIMENT/status"
call GET 200 "$API/experiments/$EXPERIMENT/results?sort=score&limit=10"
call GET 200 "$API/experiments?prompt=$PROMPT"
send POST 202 "$API/experiments/recorded" <<JSON
{"prompt_id": "$PROMPT", "experiment_name": "$MARK, of tests", "version": 2, "primary": "passed",
 "cases": [{"key": "test_warranty", "output": "Three years.", "scores": {"passed": {"value": 1}}}]}
JSON
until_ended "$API/experiments/$(pick experiment_id)/status"
send POST 202 "$API/experiments/run" <<JSON
{"prompt_id": "$PROMPT", "experiment_name": "$MARK, cancelled", "versions": [2], "repeats": 100}
JSON
EXPERIMENT=$(pick experiment_id)
call POST '200 409' "$API/experiments/$EXPERIMENT/cancel"
until_ended "$API/experiments/$EXPERIMENT/status"
call POST '200 409' "$API/experiments/$EXPERIMENT/retry-failed" # 409: no case is left to try
until_ended "$API/experiments/$EXPERIMENT/status"

echo '--- verdicts, gates and baselines'
send POST 201 "$API/gates" <<JSON
{"prompt_id": "$PROMPT", "name": "$MARK", "policy": {"minimum_pairs": 3}, "message": "Few examples"}
JSON
GATE=$(pick id)
call GET 200 "$API/gates?prompt=$PROMPT"
call GET 200 "$API/gates/$GATE"
call GET 200 "$API/gates/outlook?version=$SECOND&label=production"
send PATCH 200 "$API/gates/$GATE" <<JSON
{"policy": {"minimum_pairs": 3, "strict": true}, "message": "Undecided fails"}
JSON
send POST 202 "$API/experiments/run" <<JSON
{"prompt_id": "$PROMPT", "experiment_name": "$MARK, both", "versions": [1, 2], "gate": "$MARK",
 "evaluators": ["similarity"]}
JSON
EXPERIMENT=$(pick experiment_id)
until_ended "$API/experiments/$EXPERIMENT/status"
call GET 200 "$API/compare?baseline=$FIRST&candidate=$SECOND"
call GET 200 "$API/compare/cases?baseline=$FIRST&candidate=$SECOND&metric=score"
CASE=$(pick rows 0 0)
call GET 200 "$API/compare/cases/$CASE?baseline=$EXPERIMENT:0&candidate=$EXPERIMENT:1"
call GET 200 "$API/experiments/$EXPERIMENT/cases?sort=score"
call GET 200 "$API/experiments/$EXPERIMENT/export?format=markdown"
call GET 200 "$API/experiments/$EXPERIMENT/bundle"
send POST 201 "$API/baselines" <<JSON
{"prompt_id": "$PROMPT", "experiment_id": "$EXPERIMENT", "version_id": "$SECOND",
 "reason": "It reads the manual."}
JSON
BASELINE=$(pick id)
call GET 200 "$API/baselines?prompt=$PROMPT"
call GET 200 "$API/baselines/$BASELINE"
call DELETE 204 "$API/baselines/$BASELINE"
call DELETE 204 "$API/gates/$GATE"

echo '--- budgets and prices'
send POST 201 "$API/budgets" <<JSON
{"scope": "prompt", "prompt_id": "$PROMPT", "period": "month", "limit_usd": "50", "hard_stop": true}
JSON
BUDGET=$(pick id)
call GET 200 "$API/budgets"
call GET 200 "$API/budgets/$BUDGET"
send PATCH 200 "$API/budgets/$BUDGET" <<JSON
{"limit_usd": "80"}
JSON
call DELETE 204 "$API/budgets/$BUDGET"
send POST 201 "$API/prices" <<JSON
{"model": "openai:$MARK", "input_usd": "0.25", "output_usd": "2", "valid_from": "2026-01-01"}
JSON
PRICE=$(pick id)
call GET 200 "$API/prices"
call DELETE 204 "$API/prices/$PRICE"

echo '--- looking for a cause'
send POST 202 "$API/prompts/$PROMPT/bisect" <<JSON
{"good": 1, "bad": 2}
JSON
ANALYSIS=$(pick analysis_id)
until_ended "$API/analyses/$ANALYSIS"
call GET 200 "$API/analyses/$ANALYSIS"
send POST 202 "$API/prompts/$PROMPT/blame" <<JSON
{"good": 1, "bad": 2}
JSON
ANALYSIS=$(pick analysis_id)
call POST '200 409' "$API/analyses/$ANALYSIS/cancel" # 409: it was faster
call GET 200 "$API/analyses?prompt=$PROMPT"

echo '--- judges'
send POST 201 "$API/judges" <<JSON
{"name": "$MARK/alike", "evaluator": "similarity", "message": "As it comes"}
JSON
JUDGE=$(pick id)
send POST 201 "$API/judges/$JUDGE/versions" <<JSON
{"evaluator": "similarity", "options": {"metric": "ratio"}, "message": "By characters"}
JSON
call GET 200 "$API/judges"
call GET 200 "$API/judges/$JUDGE"
send POST 202 "$API/experiments/$EXPERIMENT/rejudge" <<JSON
{"evaluators": ["judge:$MARK/alike@1"]}
JSON
JUDGED=$(pick experiment_id)
until_ended "$API/experiments/$JUDGED/status"
send POST 201 "$API/experiments/$JUDGED/label-sample" <<JSON
{"evaluator": "similarity", "size": 3}
JSON
SAMPLE=$(pick id)
call GET 200 "$API/label-samples/$SAMPLE"
CASE=$(pick unlabelled 0)
send POST 200 "$API/human-labels" <<JSON
{"experiment_id": "$JUDGED", "case_no": $CASE, "evaluator": "similarity", "value": 1}
JSON
LABEL=$(pick id)
call POST 200 "$API/human-labels/import" --form dry_run=true --form 'file=@-;filename=labels.csv' <<CSV
experiment_id,case_no,evaluator,value
$JUDGED,$CASE,similarity,0.5
CSV
call GET 200 "$API/human-labels?experiment=$JUDGED"
call GET 200 "$API/experiments/$JUDGED/judge-report"
send POST 201 "$API/review-queue/sample" <<JSON
{"experiment_id": "$JUDGED", "size": 2}
JSON
call GET 200 "$API/review-queue"
send POST 200 "$API/review-queue/next" <<JSON
{"experiment_id": "$JUDGED"}
JSON
ITEM=$(pick item id)
call POST 204 "$API/review-queue/$ITEM/skip"
call POST 200 "$API/review-queue/$ITEM/undo"
send POST 200 "$API/review-queue/$ITEM/complete" <<JSON
{"value": 1, "comment": "As the manual says."}
JSON
send POST 201 "$API/canaries" <<JSON
{"experiment_id": "$JUDGED", "case_no": $CASE, "evaluator": "similarity"}
JSON
CANARY=$(pick id)
call GET 200 "$API/canaries"
call GET 200 "$API/canary-checks"
send POST 202 "$API/judge-certificates" <<JSON
{"experiment_id": "$JUDGED", "evaluator": "similarity"}
JSON
CERTIFICATE=$(pick id)
call GET 200 "$API/judge-certificates/$CERTIFICATE"
call GET 200 "$API/judge-certificates?evaluator=similarity"
call DELETE 204 "$API/canaries/$CANARY"
call DELETE 204 "$API/human-labels/$LABEL"
call DELETE 204 "$API/judges/$JUDGE"

echo '--- schedules'
send POST 201 "$API/schedules" <<JSON
{"prompt_id": "$PROMPT", "name": "$MARK", "cron": "0 6 * * 1-5", "time_zone": "Europe/Berlin",
 "versions": [1], "request": {"evaluators": ["similarity"]}}
JSON
SCHEDULE=$(pick id)
call GET 200 "$API/schedules?prompt=$PROMPT"
call GET 200 "$API/schedules/$SCHEDULE"
send PATCH 200 "$API/schedules/$SCHEDULE" <<JSON
{"cron": "0 7 * * *"}
JSON
call POST 202 "$API/schedules/$SCHEDULE/run"
call GET 200 "$API/schedules/$SCHEDULE/runs"
call GET 200 "$API/schedules/$SCHEDULE/drift"
call POST 200 "$API/schedules/$SCHEDULE/learn"
call DELETE 204 "$API/schedules/$SCHEDULE"

echo '--- webhooks and alerts'
send POST 201 "$API/webhooks" <<JSON
{"url": "https://hooks.example.invalid/llmops", "kinds": ["experiment.regressed"]}
JSON
WEBHOOK=$(pick id)
call GET 200 "$API/webhooks"
call GET 200 "$API/webhooks/$WEBHOOK"
send PATCH 200 "$API/webhooks/$WEBHOOK" <<JSON
{"description": "tells the team"}
JSON
call POST 200 "$API/webhooks/$WEBHOOK/rotate-secret"
call POST 202 "$API/webhooks/$WEBHOOK/test"
DELIVERY=$(pick id)
call GET 200 "$API/webhooks/$WEBHOOK/deliveries"
call POST '202 409' "$API/webhooks/deliveries/$DELIVERY/replay" # 409: it is still under way
call DELETE 204 "$API/webhooks/$WEBHOOK"
call GET 200 "$API/alerts?state=all"
ALERT=$(pick items 0 id 2>/dev/null || printf %s "$WEBHOOK")
call POST '200 404' "$API/alerts/$ALERT/acknowledge" # 404: there is no alert, all is well
call GET 200 "$API/alerts/settings"
send PUT 200 "$API/alerts/settings" <<JSON
{"addresses": null}
JSON

echo '--- operations'
call GET 200 "$API/audit?tag=prompt&limit=5"
call GET 200 "$API/audit/tags"
call GET 200 "$API/audit/export?format=csv&tag=gate"
call GET 200 "$API/providers"
PROVIDER=local
send POST 200 "$API/providers/$PROVIDER/test" <<JSON
{"model": "extractive-baseline"}
JSON
call GET 200 "$API/models"
call GET 200 "$API/system"
call GET 200 "$API/search?q=$MARK"
call GET 200 "$API/onboarding"
if [[ $(pick has_demo_data) == False ]]; then # a demo that is there already stays there
  call POST '202 409' "$API/demo-data" # 409: a prompt of your own has its name
  call DELETE 204 "$API/demo-data"
fi

echo '--- tidying up'
call DELETE 204 "$API/prompts/$PROMPT"
call DELETE 204 "$API/prompts/$PROMPT?erase=true"
call DELETE 204 "$API/api-keys/$FIRST_KEY"
KEY=$OWN_KEY
call DELETE 204 "$API/api-keys/$SECOND_KEY"
echo 'Every endpoint answered as expected.'
