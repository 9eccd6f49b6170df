import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { LabelChip } from "@/components/ui/chip";
import { ago, moment } from "@/lib/format";
import type { Prompt } from "./api";
import { LabelHistory } from "./label-history";

function LabelEntry({ prompt, label }: { prompt: Prompt; label: Prompt["labels"][number] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="fold" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <LabelChip name={label.name} /> on v{label.version_number}, moved{" "}
        <time dateTime={label.moved_at} title={moment(label.moved_at)}>
          {ago(label.moved_at)}
        </time>
      </summary>
      {isOpen && <LabelHistory prompt={prompt} label={label.name} />}
    </details>
  );
}

/** Where each label stands, how it came there, and the way back. */
export function LabelsPanel({ prompt }: { prompt: Prompt }) {
  return (
    <Panel title="Labels">
      {prompt.labels.length === 0 ? (
        <p className="small t2">
          No label stands anywhere yet. Clients ask for <code>production</code>:{" "}
          <Link to="/prompts/$" params={{ _splat: prompt.name }} search={{ promote: "production" }}>
            put it on a version
          </Link>
          .
        </p>
      ) : (
        <div className="stack">
          {prompt.labels.map((label) => (
            <LabelEntry key={label.name} prompt={prompt} label={label} />
          ))}
        </div>
      )}
    </Panel>
  );
}
