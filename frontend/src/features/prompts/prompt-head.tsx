import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, FlaskConical, Play, Tag } from "lucide-react";
import { Suspense, lazy, useState } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { IconButton } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { ButtonLink } from "@/components/ui/link";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { useMay } from "@/features/session/use-may";
import { plural } from "@/lib/format";
import type { Prompt } from "./api";
import { EditPromptDialog } from "./edit-prompt-dialog";
import { usePlace } from "./place";
import { useBulk } from "./use-bulk";

const ErasePrompt = lazy(async () => ({ default: (await import("./erase-prompt")).ErasePrompt }));

function Identity({ prompt }: { prompt: Prompt }) {
  return (
    <>
      {prompt.archived_at !== null && <Chip kind="invalid">archived</Chip>}
      {prompt.labels.map((label) => (
        <Link
          key={label.name}
          className={label.name === "production" ? "chip chip--label" : "chip"}
          to="/prompts/$"
          params={{ _splat: prompt.name }}
          search={{ v: label.version_number }}
        >
          <Tag className="icon" aria-hidden="true" />
          {label.name} → v{label.version_number}
        </Link>
      ))}
      {prompt.tags.map((tag) => (
        <Chip key={tag} kind="tag">
          {tag}
        </Chip>
      ))}
      <span>
        {plural(prompt.golden_count, "golden example")}
        <span className="t3"> · </span>
        <span>
          owner <bdi>{prompt.owner}</bdi>
        </span>
        <span className="t3"> · </span>
        <span>
          {plural(prompt.runs_7d, "run")}, {plural(prompt.cases_7d, "case")} in 7 days
        </span>
      </span>
      {prompt.description && <span className="own-line">{prompt.description}</span>}
    </>
  );
}

interface PromptHeadProps {
  prompt: Prompt;
  /** The version on the page. */
  number: number | undefined;
  /** A draft waits to be saved: saving it is the first thing to do then. */
  isEdited: boolean;
}

export function PromptHead({ prompt, number, isEdited }: PromptHeadProps) {
  const navigate = useNavigate();
  const { search } = usePlace();
  const [asked, setAsked] = useState<"describe" | "erase" | null>(null);
  const [mayWrite, mayRun, isAdmin] = [useMay("write"), useMay("run"), useMay("admin")];
  const change = useBulk(() => undefined);
  const isArchived = prompt.archived_at !== null;
  const archive = (to: boolean) =>
    change.mutate({ prompts: [prompt], body: () => ({ archived: to }), back: () => ({ archived: !to }), done: to ? "Archived" : "Restored" });
  const { name } = prompt;
  return (
    <>
      <PageHeader
        title={name}
        identity={<Identity prompt={prompt} />}
        actions={
          <>
            <ButtonLink to="/playground" search={{ prompt: name, v: number }}>
              <Play className="icon" aria-hidden="true" />
              Playground
            </ButtonLink>
            {mayWrite && !isArchived && number !== undefined && (
              <ButtonLink to="/prompts/$" params={{ _splat: name }} search={{ ...search, promote: "production" }}>
                <Tag className="icon" aria-hidden="true" />
                Promote
              </ButtonLink>
            )}
            {mayRun && (
              <ButtonLink kind={isEdited ? "default" : "primary"} to="/experiments/new" search={{ prompt: name }}>
                <FlaskConical className="icon" aria-hidden="true" />
                Run experiment
              </ButtonLink>
            )}
            {mayWrite && (
              <Menu
                trigger={
                  <IconButton label="More actions">
                    <Ellipsis className="icon" aria-hidden="true" />
                  </IconButton>
                }
              >
                <MenuItem onSelect={() => setAsked("describe")}>Rename, describe, tag</MenuItem>
                <MenuItem onSelect={() => void navigate({ to: "/prompts", search: { new: "duplicate", from: name } })}>Duplicate</MenuItem>
                <MenuLine />
                <MenuItem danger={!isArchived} disabled={change.isPending} onSelect={() => archive(!isArchived)}>
                  {isArchived ? "Restore" : "Archive"}
                </MenuItem>
                {isAdmin && (
                  <MenuItem danger onSelect={() => setAsked("erase")}>
                    Erase…
                  </MenuItem>
                )}
              </Menu>
            )}
          </>
        }
      />
      {change.data && change.data.refused.length > 0 && <Notice kind="error">{change.data.refused.join(" ")}</Notice>}
      {asked === "describe" && <EditPromptDialog prompt={prompt} onClose={() => setAsked(null)} />}
      {asked === "erase" && (
        <Suspense>
          <ErasePrompt prompt={prompt} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </>
  );
}
