import { Archive, ArchiveRestore, Tag } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Prompt } from "./api";
import { useBulk } from "./use-bulk";

interface BulkBarProps {
  selected: readonly Prompt[];
  archived: boolean;
  onClear: () => void;
}

/** What can be done with several prompts at once; each act offers the way back. */
export function BulkBar({ selected, archived, onClear }: BulkBarProps) {
  const [tag, setTag] = useState("");
  const bulk = useBulk(onClear);
  const addTag = (event: FormEvent) => {
    event.preventDefault();
    const name = tag.trim();
    if (name === "") return;
    bulk.mutate({
      prompts: selected.filter((prompt) => !prompt.tags.includes(name)),
      body: (prompt) => ({ tags: [...prompt.tags, name] }),
      back: (prompt) => ({ tags: prompt.tags }),
      done: "Tagged",
    });
  };
  const archive = (to: boolean) =>
    bulk.mutate({ prompts: selected, body: () => ({ archived: to }), back: () => ({ archived: !to }), done: to ? "Archived" : "Restored" });
  return (
    <div className="stack">
      <div className="bar" role="group" aria-label="Selected prompts">
        <b>{selected.length} selected</b>
        {!archived && (
          <form className="row" onSubmit={addTag}>
            <input className="input input--small" aria-label="Tag to add" placeholder="tag" maxLength={100} value={tag} onChange={(event) => setTag(event.target.value)} />
            <Button type="submit" small busy={bulk.isPending} disabled={tag.trim() === ""}>
              <Tag className="icon" aria-hidden="true" />
              Add tag
            </Button>
          </form>
        )}
        <Button small busy={bulk.isPending} onClick={() => archive(!archived)}>
          {archived ? <ArchiveRestore className="icon" aria-hidden="true" /> : <Archive className="icon" aria-hidden="true" />}
          {archived ? "Restore" : "Archive"}
        </Button>
        <Button small kind="quiet" onClick={onClear}>
          Clear selection
        </Button>
      </div>
      {bulk.data && bulk.data.refused.length > 0 && <Notice kind="error">{bulk.data.refused.join(" ")}</Notice>}
    </div>
  );
}
