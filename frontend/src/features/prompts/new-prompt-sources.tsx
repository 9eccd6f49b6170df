import { useQuery } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";
import { ErrorPanel, Skeleton } from "@/components/layout/states";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useDraft } from "@/lib/draft";
import { servedOptions } from "./api";
import { contentOf } from "./content";
import { NO_FIELDS, NewPromptFields } from "./new-prompt-fields";
import { nameFrom } from "./import-text";

const LARGEST_FILE = 262_144;

export function FromNothing() {
  return <NewPromptFields draft={useDraft("new-prompt", NO_FIELDS)} />;
}

export function FromFile() {
  const draft = useDraft("new-prompt.import", NO_FIELDS);
  const [files, setFiles] = useState(0);
  const [refused, setRefused] = useState<string | null>(null);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0];
    if (!chosen) return;
    if (chosen.size > LARGEST_FILE) {
      setRefused(`${chosen.name} is larger than 256 KiB; a prompt is at most 64 KiB of text.`);
      return;
    }
    setRefused(null);
    draft.set({ name: nameFrom(chosen.name), tags: "", text: await chosen.text() });
    setFiles((number) => number + 1);
  };
  return (
    <>
      <div className="sheet__section">
        <Field label="File" hint="Plain text (.txt, .md, .j2), or a JSON list of messages with role and content. Or paste the text below.">
          <input className="input" type="file" accept=".txt,.md,.j2,.jinja,.jinja2,.prompt,.json,text/plain,text/markdown" onChange={(event) => void take(event)} />
        </Field>
        {refused && <Notice kind="error">{refused}</Notice>}
      </div>
      <NewPromptFields key={files} draft={draft} />
    </>
  );
}

interface FromPromptProps {
  /** Name of the prompt to copy. */
  from: string;
  onFrom: (name: string) => void;
}

export function FromPrompt({ from, onFrom }: FromPromptProps) {
  const [typed, setTyped] = useState(from);
  const source = useQuery({ ...servedOptions(from, "latest"), enabled: from !== "" });
  return (
    <>
      <div className="sheet__section">
        <Field label="Prompt to copy" hint="Its newest version is copied; examples and history stay with it.">
          <input
            className="input"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={() => onFrom(typed.trim())}
            onKeyDown={(event) => event.key === "Enter" && onFrom(typed.trim())}
          />
        </Field>
      </div>
      {source.isLoading && <Skeleton rows={3} label="Loading the prompt" />}
      {source.error && <ErrorPanel what={`${from} could not be read.`} error={source.error} onRetry={() => void source.refetch()} />}
      {source.data && <NewPromptFields key={source.data.id} name={`${source.data.name}-copy`} content={contentOf(source.data)} />}
    </>
  );
}
