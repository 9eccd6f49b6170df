import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ErrorPanel, Skeleton } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { useShortcuts } from "@/lib/shortcuts";
import type { Prompt, Version } from "./api";
import { LabelsPanel } from "./labels-panel";
import { ModelPanel } from "./model-panel";
import { usePlace } from "./place";
import { SaveSheet } from "./save-sheet";
import { StandingPanel } from "./standing-panel";
import { useEditing } from "./use-editing";
import type { PromptDraft } from "./use-prompt-draft";
import { useVersion, useVersions } from "./use-versions";
import { VariablesPanel } from "./variables-panel";
import { VersionPanel } from "./version-panel";
import { VersionTimeline } from "./version-timeline";
import { VersionsChart } from "./versions-chart";

interface VersionsTabProps {
  prompt: Prompt;
  draft: PromptDraft;
}

export function VersionsTab({ prompt, draft }: VersionsTabProps) {
  const { search, go } = usePlace();
  const [isSaving, setSaving] = useState(false);
  const { query, items } = useVersions(prompt.id);
  const newest = Math.max(items[0]?.number ?? 0, prompt.latest_version?.number ?? 0);
  const number = search.v ?? (draft.value?.base || undefined) ?? (newest || undefined);
  const { version, error, retry } = useVersion(prompt, number);
  const editing = useEditing(prompt, draft, version, newest);
  const { own, elsewhere } = editing;
  useShortcuts({
    "mod+s": () => own && setSaving(true),
    d: () => version?.parent_number && go({ v: version.number, diff: version.parent_number }),
  });
  const saved = (made: Version) => {
    setSaving(false);
    draft.discard();
    go({ v: made.number, edit: undefined }, true);
    toast(
      <>
        Saved v{made.number}.{" "}
        <Link to="/experiments/new" search={{ prompt: prompt.name, versions: [String(made.number)] }}>
          Run experiment now
        </Link>
      </>,
    );
  };
  const isHere = version !== undefined || (number === undefined && query.isSuccess);
  return (
    <div className="prompt-grid">
      <VersionTimeline prompt={prompt} shown={number} />
      <div className="stack">
        {elsewhere && (
          <Notice
            kind="warn"
            action={
              <>
                <Button small onClick={() => go({ v: elsewhere.base || undefined, edit: true })}>
                  Back to the draft
                </Button>
                <Button small onClick={editing.discard}>
                  Discard it
                </Button>
              </>
            }
          >
            Your draft from v{elsewhere.base} is not saved yet. It is kept in this browser.
          </Notice>
        )}
        {error && !version && (
          <div className="panel">
            <ErrorPanel what={`v${number} could not be loaded.`} error={error} onRetry={retry} />
          </div>
        )}
        {!isHere && !error && (
          <div className="panel">
            <Skeleton rows={10} label="Loading the version" />
          </div>
        )}
        {isHere && (
          <VersionPanel
            key={version?.id ?? "first"}
            prompt={prompt}
            version={version}
            editing={editing}
            onEdit={() => go({ v: version?.number, edit: true }, true)}
            onSave={() => setSaving(true)}
          />
        )}
        <VersionsChart versions={items} />
      </div>
      <div className="stack">
        {version && !own && <StandingPanel prompt={prompt} version={version} />}
        {isHere && <VariablesPanel content={editing.content} known={editing.known} {...(version && !own && { saved: version.variables })} />}
        {isHere && <ModelPanel content={editing.content} {...(editing.isEditing && { onChange: editing.change })} />}
        <LabelsPanel prompt={prompt} />
      </div>
      {isSaving && own && (
        <SaveSheet
          prompt={prompt}
          draft={own}
          onDraft={draft.set}
          onShow={(same) => {
            setSaving(false);
            go({ v: same, edit: undefined });
          }}
          onSaved={saved}
          onClose={() => setSaving(false)}
        />
      )}
    </div>
  );
}
