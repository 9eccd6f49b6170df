import { useQueryClient } from "@tanstack/react-query";
import { Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { plural } from "@/lib/format";
import type { Example } from "./api";
import { type Column, tagsOf } from "./columns";
import type { Change } from "./edits";
import { removeLater } from "./removals";
import type { Edits } from "./use-edits";
import { shownText } from "./use-sheet";

interface BulkBarProps {
  examples: readonly Example[];
  columns: readonly Column[];
  edits: Edits;
  onClear: () => void;
}

/** What is done to all selected examples at once; each act is one step to undo. */
export function BulkBar({ examples, columns, edits, onClear }: BulkBarProps) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const change = (key: string, next: (before: string | null) => string) => {
    const column = columns.find((known) => known.key === key);
    if (!column) return;
    edits.apply(
      examples.map((example): Change => {
        const before = shownText(example, column, edits.unsaved[example.id]);
        return { id: example.id, key, before, after: next(before) };
      }),
    );
    setText("");
  };
  const word = text.trim();
  return (
    <div className="notice notice--info" role="group" aria-label="Selected examples">
      <b>{plural(examples.length, "example")} selected</b>
      <input
        className="input input--small"
        aria-label="Tag or split"
        placeholder="tag or split"
        maxLength={64}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button small disabled={!word} onClick={() => change("tags", (before) => [...new Set([...tagsOf(before ?? ""), ...tagsOf(word)])].join("; "))}>
        <Tag className="icon" aria-hidden="true" />
        Add tag
      </Button>
      <Button small disabled={!word} onClick={() => change("tags", (before) => tagsOf(before ?? "").filter((tag) => !tagsOf(word).includes(tag)).join("; "))}>
        Remove tag
      </Button>
      <Button small disabled={!word} onClick={() => change("split", () => word)}>
        Set split
      </Button>
      <Button
        small
        kind="danger"
        onClick={() => {
          removeLater(client, examples);
          onClear();
        }}
      >
        <Trash2 className="icon" aria-hidden="true" />
        Delete
      </Button>
      <span className="push">
        <IconButton label="Clear the selection" small kind="quiet" onClick={onClear}>
          <X className="icon" aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
}
