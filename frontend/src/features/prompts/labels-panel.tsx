import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { LabelChip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import { promptGatesOptions } from "@/features/gates/settings-api";
import { useMay } from "@/features/session/use-may";
import type { Prompt } from "./api";
import { LabelHistory } from "./label-history";

const SERVED = "production";

function ToNewGate({ prompt, label }: { prompt: Prompt; label: string }) {
  return (
    <Link to="/settings/$section" params={{ section: "gates" }} search={{ new: true, prompt: prompt.name, label }}>
      Protect {label}
    </Link>
  );
}

/** The gate before a label, or the way to one. */
function Protection({ prompt, label }: { prompt: Prompt; label: string }) {
  const isAdmin = useMay("admin");
  const { data } = useQuery(promptGatesOptions(prompt.id));
  const gate = data?.items.find((one) => one.label === label);
  if (!gate)
    return (
      data &&
      isAdmin && (
        <p className="small">
          <ToNewGate prompt={prompt} label={label} />
        </p>
      )
    );
  return (
    <p className="small">
      Protected by{" "}
      <Link to="/settings/$section" params={{ section: "gates" }} search={{ gate: gate.id }}>
        {gate.name}
      </Link>
    </p>
  );
}

function LabelEntry({ prompt, label }: { prompt: Prompt; label: Prompt["labels"][number] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="fold" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <LabelChip name={label.name} /> on v{label.version_number}, moved{" "}
        <Time at={label.moved_at} />
      </summary>
      {isOpen && (
        <>
          <Protection prompt={prompt} label={label.name} />
          <LabelHistory prompt={prompt} label={label.name} />
        </>
      )}
    </details>
  );
}

/** Where each label stands, how it came there, and the way back. */
export function LabelsPanel({ prompt }: { prompt: Prompt }) {
  const isAdmin = useMay("admin");
  const mayMove = useMay("write") && prompt.archived_at === null && prompt.latest_version !== null;
  return (
    <Panel title="Labels">
      {prompt.labels.length === 0 ? (
        <p className="small t2">
          No label stands anywhere yet. Clients ask for <code>{SERVED}</code>
          {mayMove && (
            <>
              :{" "}
              <Link to="/prompts/$" params={{ _splat: prompt.name }} search={{ promote: SERVED }}>
                put it on a version
              </Link>
            </>
          )}
          . {isAdmin && <ToNewGate prompt={prompt} label={SERVED} />}
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
