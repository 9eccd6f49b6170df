import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { type Example, examplesOptions } from "@/features/golden/api";

const textIn = ({ input_data }: Example, name: string): string => {
  const value = input_data[name];
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
};

/** The input that tells these examples apart: most different texts, and the shorter ones where several do. */
function tellingOf(items: readonly Example[]): string | undefined {
  const names = [...new Set(items.flatMap((example) => Object.keys(example.input_data)))];
  const weighed = names.map((name) => {
    const texts = items.map((example) => textIn(example, name));
    return { name, kinds: new Set(texts).size, length: texts.join("").length };
  });
  return weighed.toSorted((one, other) => other.kinds - one.kinds || one.length - other.length)[0]?.name;
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
            const telling = tellingOf(items) ?? "";
            return (
              <ol className="stack" aria-label="Golden examples">
                {items.map((example, index) => (
                  <li key={example.id} className="row">
                    <Button small onClick={() => onChoose(example, wanted ? null : index + 1, wanted ? null : (pages[0]?.total ?? null))}>
                      Fill<span className="sr"> from {textIn(example, telling)}</span>
                    </Button>
                    <span className="grow cut small" dir="auto">
                      {textIn(example, telling).slice(0, 200)}
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
