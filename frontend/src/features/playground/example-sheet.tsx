import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { type Example, examplesOptions } from "@/features/golden/api";

/** What tells an example apart: its longest input. */
function headOf(example: Example): string {
  const texts = Object.values(example.input_data).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return texts.toSorted((one, other) => other.length - one.length)[0]?.slice(0, 200) ?? "";
}

interface ExampleSheetProps {
  promptId: string;
  onChoose: (example: Example, position: number | null, total: number | null) => void;
  onClose: () => void;
}

export function ExampleSheet({ promptId, onChoose, onClose }: ExampleSheetProps) {
  const [q, setQ] = useState("");
  const wanted = useDeferredValue(q.trim());
  const examples = useInfiniteQuery(examplesOptions(promptId, wanted ? { q: wanted } : {}));
  return (
    <Dialog title="Fill from a golden example" shape="sheet" onClose={onClose}>
      <section className="sheet__section">
        <Field label="Search the examples">
          <input className="input" type="search" autoFocus value={q} onChange={(event) => setQ(event.target.value)} />
        </Field>
        <QueryStates query={examples} failed="The examples could not be loaded.">
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            if (items.length === 0) return <p className="t2">{wanted ? "No example matches." : "This prompt has no golden examples yet. Fill in the fields and save them as one."}</p>;
            return (
              <ol className="stack" aria-label="Golden examples">
                {items.map((example, index) => (
                  <li key={example.id} className="row">
                    <Button small onClick={() => onChoose(example, wanted ? null : index + 1, wanted ? null : (pages[0]?.total ?? null))}>
                      Fill<span className="sr"> from {headOf(example)}</span>
                    </Button>
                    <span className="grow cut small" dir="auto">
                      {headOf(example)}
                    </span>
                  </li>
                ))}
              </ol>
            );
          }}
        </QueryStates>
        {examples.hasNextPage && (
          <Button small busy={examples.isFetchingNextPage} onClick={() => void examples.fetchNextPage()}>
            More examples
          </Button>
        )}
      </section>
    </Dialog>
  );
}
