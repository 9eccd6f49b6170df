import { GitCompare, Pencil, Tag } from "lucide-react";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Kbd } from "@/components/ui/kbd";
import { ButtonLink } from "@/components/ui/link";
import { Segmented } from "@/components/ui/segmented";
import { modKey } from "@/lib/shortcuts";
import type { Prompt } from "./api";
import { ContentEditor } from "./content-editor";
import { toMessages, toText } from "./content";
import type { Editing } from "./use-editing";
import type { Shown } from "./use-versions";
import { VersionIdentity, VersionText } from "./version-reading";

interface VersionPanelProps {
  prompt: Prompt;
  /** None for a prompt whose first version is being written. */
  version: Shown | undefined;
  editing: Editing;
  onEdit: () => void;
  onSave: () => void;
}

export function VersionPanel({ prompt, version, editing, onEdit, onSave }: VersionPanelProps) {
  const { isEditing, own, content, mayEdit } = editing;
  const other = version && (prompt.production && prompt.production.number !== version.number ? prompt.production.number : version.parent_number);
  const save = () => own && onSave();
  if (!version || isEditing) {
    return (
      <Panel
        title={version ? `Text of v${version.number}` : "First version"}
        beside={
          own && (
            <Chip kind="inconclusive">
              <Pencil className="icon" aria-hidden="true" />
              edited, not saved
            </Chip>
          )
        }
        tools={
          (mayEdit || own) && (
            <span className="row wrap">
              {(own || version) && (
                <Button small onClick={editing.discard}>
                  {own ? "Discard" : "Stop editing"}
                </Button>
              )}
              <Button small kind={own ? "primary" : "default"} disabled={!own} aria-keyshortcuts="Meta+S Control+S" onClick={save}>
                Save as v{editing.parent + 1} <Kbd>{`${modKey}S`}</Kbd>
              </Button>
            </span>
          )
        }
        foot={
          (mayEdit || own) && (
            <>
              <span>Written as</span>
              <Segmented
                label="Kind of prompt"
                options={[
                  { value: "text", label: "Text" },
                  { value: "messages", label: "Messages" },
                ]}
                value={content.messages ? "messages" : "text"}
                onChange={(kind) => editing.change(kind === "messages" ? toMessages(content) : toText(content))}
              />
            </>
          )
        }
        flush
      >
        <ContentEditor content={content} base={editing.base} known={editing.known} onChange={editing.change} onDefine={editing.define} onSave={save} />
      </Panel>
    );
  }
  return (
    <Panel
      title={`Text of v${version.number}`}
      tools={
        <span className="row wrap">
          {other !== undefined && other !== null && (
            <ButtonLink small to="/prompts/$" params={{ _splat: prompt.name }} search={{ v: version.number, diff: other }}>
              <GitCompare className="icon" aria-hidden="true" />
              Diff to v{other}
            </ButtonLink>
          )}
          {mayEdit && (
            <>
              <ButtonLink small to="/prompts/$" params={{ _splat: prompt.name }} search={{ v: version.number, promote: "production" }}>
                <Tag className="icon" aria-hidden="true" />
                Promote v{version.number}
              </ButtonLink>
              <Button small onClick={onEdit}>
                <Pencil className="icon" aria-hidden="true" />
                Edit
              </Button>
            </>
          )}
        </span>
      }
      foot={<VersionIdentity prompt={prompt} version={version} />}
      flush
    >
      <VersionText version={version} />
    </Panel>
  );
}
