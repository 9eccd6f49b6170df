import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { LabelChip, VersionChip } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Time } from "@/components/ui/time";
import { type Version, promptsOptions } from "@/features/prompts/api";
import { useVersions } from "@/features/prompts/use-versions";
import { plural } from "@/lib/format";

interface Chosen {
  id: string;
  name: string;
}

function PromptList({ onChoose }: { onChoose: (prompt: Chosen) => void }) {
  const [q, setQ] = useState("");
  const wanted = useDeferredValue(q.trim());
  const prompts = useInfiniteQuery(promptsOptions({ ...(wanted && { q: wanted }), sort: "-updated_at" }));
  return (
    <section className="sheet__section">
      <Field label="Search the library">
        <input className="input" type="search" autoFocus value={q} onChange={(event) => setQ(event.target.value)} />
      </Field>
      <QueryStates query={prompts} failed="The prompts could not be loaded.">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items).filter((prompt) => prompt.latest_version !== null);
          if (items.length === 0) return <p className="t2">{wanted ? "No prompt matches." : "The library has no prompt yet. Write one here and save it as a new prompt."}</p>;
          return (
            <ul className="stack" aria-label="Prompts">
              {items.map((prompt) => (
                <li key={prompt.id}>
                  <Button kind="quiet" onClick={() => onChoose({ id: prompt.id, name: prompt.name })}>
                    {prompt.name} <span className="n">{plural(prompt.latest_version?.number ?? 0, "version")}</span>
                  </Button>
                </li>
              ))}
            </ul>
          );
        }}
      </QueryStates>
    </section>
  );
}

function VersionList({ prompt, onChoose }: { prompt: Chosen; onChoose: (version: Version) => void }) {
  const { query, items } = useVersions(prompt.id);
  return (
    <section className="sheet__section">
      <QueryStates query={query} failed="The versions could not be loaded.">
        {() => (
          <ul className="stack" aria-label={`Versions of ${prompt.name}`}>
            {items.map((version) => (
              <li key={version.id} className="row">
                <Button small aria-label={`Use v${version.number}`} onClick={() => onChoose(version)}>
                  <VersionChip number={version.number} />
                </Button>
                <span className="grow cut small" dir="auto">
                  {version.message || "no message"}
                </span>
                {version.labels.map((label) => (
                  <LabelChip key={label} name={label} />
                ))}
                <span className="small t3 nowrap">
                  <Time at={version.created_at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </QueryStates>
      {query.hasNextPage && (
        <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older versions
        </Button>
      )}
    </section>
  );
}

interface SourceSheetProps {
  letter: string;
  /** The prompt the column has now: its versions come first. */
  now: Chosen | null;
  onVersion: (prompt: string, version: Version) => void;
  onScratch: () => void;
  onClose: () => void;
}

/** Where a column's text comes from: a version of the library, or nowhere. */
export function SourceSheet({ letter, now, onVersion, onScratch, onClose }: SourceSheetProps) {
  const [prompt, setPrompt] = useState(now);
  return (
    <Dialog
      title={prompt ? `Versions of ${prompt.name}` : `What ${letter} begins with`}
      shape="sheet"
      onClose={onClose}
      foot={
        <>
          {prompt && <Button onClick={() => setPrompt(null)}>Other prompts</Button>}
          <Button className="push" onClick={onScratch}>
            Begin with an empty text
          </Button>
        </>
      }
    >
      {prompt ? <VersionList prompt={prompt} onChoose={(version) => onVersion(prompt.name, version)} /> : <PromptList onChoose={setPrompt} />}
    </Dialog>
  );
}
