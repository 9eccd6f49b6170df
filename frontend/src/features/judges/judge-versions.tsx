import { useMemo, useState } from "react";
import { DiffTable } from "@/components/diff/diff-table";
import { Panel } from "@/components/layout/panel";
import { VersionChip } from "@/components/ui/chip";
import { hunksOf } from "@/features/prompts/local-diff";
import { LongText } from "@/components/long-text";
import { moment } from "@/lib/format";
import type { JudgeVersion } from "./api";
import { versionText } from "./option-fields";

function Change({ before, after }: { before: JudgeVersion; after: JudgeVersion }) {
  const hunks = useMemo(() => hunksOf(versionText(before), versionText(after)), [before, after]);
  return (
    <DiffTable
      hunks={hunks}
      view="unified"
      caption={`Options, from v${before.number} to v${after.number}`}
      oldHead={`v${before.number}`}
      newHead={`v${after.number}`}
    />
  );
}

interface EntryProps {
  version: JudgeVersion;
  before: JudgeVersion | undefined;
  isOpen: boolean;
}

function Entry({ version, before, isOpen: openAtFirst }: EntryProps) {
  const [isOpen, setOpen] = useState(openAtFirst);
  return (
    <li className="stack judges__version">
      <p className="row wrap">
        <VersionChip number={version.number} />
        <span>{version.message || "No message"}</span>
        <span className="small t3">
          {version.created_by} · {moment(version.created_at)}
        </span>
      </p>
      <details className="fold" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{before ? `What changed from v${before.number}` : "What it says"}</summary>
        {isOpen && (before ? <Change before={before} after={version} /> : <LongText text={versionText(version)} className="mono well judges__text" />)}
      </details>
      {before && (
        <details className="fold">
          <summary>All of v{version.number}</summary>
          <LongText text={versionText(version)} className="mono well judges__text" />
        </details>
      )}
    </li>
  );
}

/** Newest first, each with what it changed in the one before. */
export function JudgeVersions({ versions }: { versions: readonly JudgeVersion[] }) {
  return (
    <Panel title="Versions" beside={<span className="n">{versions.length}</span>}>
      <ol className="stack">
        {versions.map((version, index) => (
          <Entry key={version.id} version={version} before={versions[index + 1]} isOpen={index === 0} />
        ))}
      </ol>
    </Panel>
  );
}
