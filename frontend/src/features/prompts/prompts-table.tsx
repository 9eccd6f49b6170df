import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { useMay } from "@/features/session/use-may";
import { count, plural } from "@/lib/format";
import type { Prompt } from "./api";
import { BulkBar } from "./bulk-bar";
import { PromptRow } from "./prompt-row";
import { useRowKeys } from "./use-row-keys";

const NUMBERS = ["Examples", "Runs, 7 d", "Cost, 7 d"];

interface PromptsTableProps {
  prompts: readonly Prompt[];
  total: number;
  folder: string;
  archived: boolean;
  isStale: boolean;
  /** Asks for the next page, if there is one. */
  more: { isLoading: boolean; load: () => void } | null;
}

export function PromptsTable({ prompts, total, folder, archived, isStale, more }: PromptsTableProps) {
  const mayWrite = useMay("write");
  const body = useRef<HTMLTableSectionElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = prompts.filter((prompt) => chosen.has(prompt.id));
  const choose = (id: string, on: boolean) => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((one) => one !== id)));
  useRowKeys(body, {
    x: () => document.activeElement?.closest("tr")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click(),
  });
  return (
    <>
      {selected.length > 0 && <BulkBar selected={selected} archived={archived} onClear={() => setChosen(new Set())} />}
      <div className="panel" aria-busy={isStale}>
        <div className="table-wrap" role="group" aria-label="Prompts; scrolls sideways" tabIndex={0}>
          <table className="table">
            <caption className="sr">Prompts{folder && ` in ${folder}`}</caption>
            <thead>
              <tr>
                {mayWrite && (
                  <th scope="col">
                    <span className="sr">Selected</span>
                  </th>
                )}
                <th scope="col">Name</th>
                <th scope="col">Production → newest</th>
                <th scope="col">Score [95 % CI], n</th>
                <th scope="col">Δ to production before</th>
                {NUMBERS.map((name) => (
                  <th key={name} scope="col" className="num">
                    {name}
                  </th>
                ))}
                <th scope="col">Tags</th>
                <th scope="col">Changed</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {prompts.map((prompt) => (
                <PromptRow
                  key={prompt.id}
                  prompt={prompt}
                  folder={folder}
                  isSelected={chosen.has(prompt.id)}
                  {...(mayWrite && { onSelect: (on: boolean) => choose(prompt.id, on) })}
                />
              ))}
            </tbody>
          </table>
        </div>
        <div className="panel__foot">
          <span>{prompts.length < total ? `${count(prompts.length)} of ${plural(total, "prompt")}` : plural(total, "prompt")}</span>
          <span className="row">
            <Kbd>j</Kbd>
            <Kbd>k</Kbd> move
            {mayWrite && (
              <>
                <Kbd>x</Kbd> select
              </>
            )}
          </span>
          {more && (
            <Button small className="push" busy={more.isLoading} onClick={more.load}>
              Show more
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
