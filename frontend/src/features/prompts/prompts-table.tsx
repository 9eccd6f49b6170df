import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { HeadCells } from "@/features/lists/table-cells";
import { useColumns } from "@/features/lists/use-columns";
import { tickRow, useRowKeys } from "@/features/lists/use-row-keys";
import { useMay } from "@/features/session/use-may";
import { count, plural } from "@/lib/format";
import type { Prompt } from "./api";
import { BulkBar } from "./bulk-bar";
import { PROMPT_COLUMNS } from "./prompt-columns";
import { PromptRow } from "./prompt-row";

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
  const { shown } = useColumns("prompts", PROMPT_COLUMNS);
  const body = useRef<HTMLTableSectionElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = prompts.filter((prompt) => chosen.has(prompt.id));
  const choose = (id: string, on: boolean) => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((one) => one !== id)));
  useRowKeys(body, { x: tickRow });
  return (
    <>
      {selected.length > 0 && <BulkBar selected={selected} archived={archived} onClear={() => setChosen(new Set())} />}
      <div className="panel" aria-busy={isStale}>
        <div className="table-wrap" role="group" aria-label="Prompts; scrolls sideways" tabIndex={0}>
          <table className="table table--cards">
            <caption className="sr">Prompts{folder && ` in ${folder}`}</caption>
            <thead>
              <tr>
                {mayWrite && (
                  <th scope="col">
                    <span className="sr">Selected</span>
                  </th>
                )}
                <th scope="col">Name</th>
                <HeadCells columns={shown} />
              </tr>
            </thead>
            <tbody ref={body}>
              {prompts.map((prompt) => (
                <PromptRow
                  key={prompt.id}
                  prompt={prompt}
                  columns={shown}
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
