import type { Trial } from "./trial";

const PATH = "/api/v1/playground/stream";

/** One argument of a shell, whatever stands in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export function asCurl(trial: Trial, origin: string): string {
  return [
    `curl -N ${quoted(origin + PATH)}`,
    `  -H "X-API-Key: $LLMOPS_API_KEY"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quoted(JSON.stringify(trial))}`,
  ].join(" \\\n");
}

/** A Python literal of a JSON value. */
function literal(value: unknown, indent = ""): string {
  const inside = `${indent}    `;
  const block = (open: string, lines: string[], close: string) =>
    lines.length === 0 ? open + close : `${open}\n${lines.map((line) => `${inside}${line},\n`).join("")}${indent}${close}`;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return block("[", value.map((item) => literal(item, inside)), "]");
  if (typeof value === "object") {
    const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${literal(item, inside)}`);
    return block("{", pairs, "}");
  }
  return JSON.stringify(value);
}

/** With nothing but the standard library. */
export function asPython(trial: Trial, origin: string): string {
  return `import json
import os
import urllib.request

trial = ${literal(trial)}
request = urllib.request.Request(
    ${JSON.stringify(origin + PATH)},
    data=json.dumps(trial).encode(),
    headers={"X-API-Key": os.environ["LLMOPS_API_KEY"], "Content-Type": "application/json"},
)
event = ""
with urllib.request.urlopen(request) as lines:
    for line in lines:
        name, _, data = line.decode().rstrip("\\n").partition(": ")
        if name == "event":
            event = data
        elif name == "data" and event == "token":
            print(json.loads(data)["text"], end="", flush=True)
        elif name == "data" and event == "error":
            raise SystemExit(json.loads(data)["problem"]["detail"])
`;
}
