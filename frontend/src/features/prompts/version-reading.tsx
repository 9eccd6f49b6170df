import { Link } from "@tanstack/react-router";
import { PromptText } from "@/components/editor/prompt-text";
import { LabelChip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import type { Prompt } from "./api";
import { partsOf } from "./content";
import type { Shown } from "./use-versions";

/** Who saved it, when and why, and the version it follows. */
export function VersionIdentity({ prompt, version }: { prompt: Prompt; version: Shown }) {
  const { number, parent_number, message, created_by, created_at } = version;
  const labels = prompt.labels.filter((label) => label.version_number === number);
  return (
    <>
      <span className="row wrap">
        {message && <b>{message}</b>}
        {labels.map(({ name }) => (
          <LabelChip key={name} name={name} />
        ))}
      </span>
      <span>
        {created_by},{" "}
        <Time at={created_at} />
        {parent_number !== null && (
          <>
            {" "}
            · follows{" "}
            <Link to="/prompts/$" params={{ _splat: prompt.name }} search={{ v: number, diff: parent_number }}>
              v{parent_number}, see what changed
            </Link>
          </>
        )}
      </span>
    </>
  );
}

export function VersionText({ version }: { version: Shown }) {
  const parts = partsOf(version).map(({ role, content }) => ({ text: content, ...(version.messages && { role }) }));
  return <PromptText parts={parts} label={`Text of v${version.number}`} format={version.template_format} />;
}
