import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState } from "@/components/layout/states";
import { CopyButton } from "@/components/ui/copy-button";
import { type Prompt, servedOptions } from "./api";

interface Snippet {
  title: string;
  about: string;
  code: string;
}

/** In single quotes for a shell: a quote ends them, stands alone, and begins them again. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function snippetsFor({ name, variables, label, origin }: { name: string; variables: readonly string[]; label: string; origin: string }): Snippet[] {
  const address = `${origin}/api/v1/prompts/by-name/${name}@${label}`;
  const inputs = Object.fromEntries(variables.map((variable) => [variable, "…"]));
  const values = variables.map((variable) => ` --var ${variable}=…`).join("");
  const call = JSON.stringify({ prompt: name, label, variables: inputs });
  return [
    {
      title: "Command line",
      about: "Makes a key that may read, run and chat; it is shown once.",
      code: "export LLMOPS_KEY=$(llmops keys create my-app --scopes read,run,chat)",
    },
    {
      title: "Command line: ask once",
      about: "Fills in the variables, prints the answer and records the run.",
      code: `LLMOPS_API_KEY=$LLMOPS_KEY llmops play ${shellQuoted(`${name}@${label}`)}${values} \\\n  --server ${shellQuoted(origin)}`,
    },
    {
      title: "curl: fetch the version",
      about: "Answers the text or the messages, the model and the parameters.",
      code: `curl ${shellQuoted(address)} \\\n  -H "X-API-Key: $LLMOPS_KEY"`,
    },
    {
      title: "curl: run it here",
      about: "Fills in the variables, asks the model and records the run.",
      code: `curl ${shellQuoted(`${origin}/api/v1/run`)} \\\n  -H "X-API-Key: $LLMOPS_KEY" -H 'Content-Type: application/json' \\\n  -d ${shellQuoted(call)}`,
    },
    {
      title: "OpenAI's client",
      about: "Whatever speaks OpenAI's protocol: the prompt is a model, its variables go beside.",
      code: `import os
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(`${origin}/v1`)}, api_key=os.environ["LLMOPS_KEY"])
answer = client.chat.completions.create(
    model=${JSON.stringify(`prompt:${name}@${label}`)},
    messages=[],
    extra_body={"variables": ${JSON.stringify(inputs)}},
)
print(answer.choices[0].message.content)`,
    },
    {
      title: "Python",
      about: "Asks again at most once a minute, and then only whether anything changed.",
      code: `import os, time
import httpx

client = httpx.Client(
    base_url=${JSON.stringify(origin)}, headers={"X-API-Key": os.environ["LLMOPS_KEY"]}
)
held = {"at": 0.0, "etag": "", "version": None}


def prompt() -> dict:
    if time.monotonic() - held["at"] > 60 or held["version"] is None:
        answer = client.get(
            ${JSON.stringify(`/api/v1/prompts/by-name/${name}@${label}`)},
            headers={"If-None-Match": held["etag"]} if held["etag"] else {},
        )
        if answer.status_code != 304:
            answer.raise_for_status()
            held.update(etag=answer.headers["ETag"], version=answer.json())
        held["at"] = time.monotonic()
    return held["version"]


version = prompt()
print(version["number"], version["template"] or version["messages"])`,
    },
  ];
}

export function UseItTab({ prompt }: { prompt: Prompt }) {
  const names = [...prompt.labels.map(({ name }) => name), "latest"];
  const [chosen, setChosen] = useState(names[0] ?? "latest");
  const label = names.includes(chosen) ? chosen : "latest";
  const served = useQuery({ ...servedOptions(prompt.name, label), enabled: prompt.latest_version !== null });
  const variables = served.data?.variables.map(({ name }) => name) ?? [];
  if (!prompt.latest_version) {
    return (
      <div className="panel">
        <EmptyState title="There is no version to use yet">Save the first version; then the ways to fetch it stand here.</EmptyState>
      </div>
    );
  }
  return (
    <div className="stack">
      <div className="bar">
        <label className="row small t2">
          Version
          <select className="input input--small" value={label} onChange={(event) => setChosen(event.target.value)}>
            {names.map((name) => (
              <option key={name} value={name}>
                {prompt.name}@{name}
              </option>
            ))}
          </select>
        </label>
        <p className="small t2">
          A client may keep a version for 60 s (<code>Cache-Control</code>) and then asks with <code>If-None-Match</code>: 304 when it is still the one. A moved label reaches
          every client within a minute.{" "}
          <Link to="/settings/$section" params={{ section: "ci" }} search={{ prompt: prompt.name }}>
            Set up CI
          </Link>{" "}
          so that a change that makes answers worse is refused.
        </p>
      </div>
      {snippetsFor({ name: prompt.name, variables, label, origin: window.location.origin }).map(({ title, about, code }) => (
        <Panel key={title} title={title} beside={<span className="small t2">{about}</span>} tools={<CopyButton text={code} label={`Copy ${title}`} />} flush>
          <pre className="snippet mono" tabIndex={0} role="group" aria-label={title}>
            {code}
          </pre>
        </Panel>
      ))}
    </div>
  );
}
