import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { QueryStates } from "@/components/layout/states";
import { promptOptions, type Version } from "@/features/prompts/api";
import { SaveSheet } from "@/features/prompts/save-sheet";
import { useDraft } from "@/lib/draft";
import { type Column, type Source, asContent } from "./state";

interface SaveVersionProps {
  source: Source;
  column: Column;
  onSaved: (version: Version) => void;
  onClose: () => void;
}

/** The prompt's own way to save: the words that change, a message, and what to do when somebody was faster. */
export function SaveVersion({ source, column, onSaved, onClose }: SaveVersionProps) {
  const prompt = useQuery(promptOptions(source.prompt_name));
  const [parent, setParent] = useState(source.number);
  const message = useDraft(`message.${source.prompt_name}`, "");
  if (!prompt.data) {
    return (
      <Dialog title="Save as a new version" shape="sheet" onClose={onClose}>
        <QueryStates query={prompt} failed="The prompt could not be loaded." rows={3}>
          {() => null}
        </QueryStates>
      </Dialog>
    );
  }
  const draft = { base: source.number, parent, content: asContent(column.content), known: null, message: message.value };
  return (
    <SaveSheet
      prompt={prompt.data}
      draft={draft}
      onDraft={(next) => {
        setParent(next.parent);
        message.set(next.message ?? "");
      }}
      onShow={onClose}
      onSaved={(version) => {
        message.discard();
        onSaved(version);
      }}
      onClose={onClose}
    />
  );
}
