import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Field } from "@/components/ui/field";
import { ButtonLink } from "@/components/ui/link";
import { plural } from "@/lib/format";
import { promptsFoundOptions } from "./plan-api";

/** The first step where no prompt is named yet: which prompt to run. */
export function PromptPicker() {
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const found = useQuery(promptsFoundOptions(q));
  return (
    <Panel title="Which prompt" flush>
      <div className="panel__body">
        <Field label="Name, tag or a part of the text">
          <input className="input" type="search" value={text} maxLength={200} onChange={(event) => setText(event.target.value)} />
        </Field>
      </div>
      <QueryStates query={found} failed="The prompts could not be loaded." rows={5}>
        {({ items }) =>
          items.length > 0 ? (
            <ul className="choices">
              {items.map((prompt) => (
                <li key={prompt.id}>
                  <FileText className="icon" aria-hidden="true" />
                  <span>
                    <Link to="/experiments/new" search={{ prompt: prompt.name }}>
                      {prompt.name}
                    </Link>
                    {prompt.latest_version && <span className="t3">newest v{prompt.latest_version.number}</span>}
                  </span>
                  <span className="n small right">{plural(prompt.golden_count, "golden example")}</span>
                </li>
              ))}
            </ul>
          ) : (
            <EmptyState
              title={q ? "No prompt is like that" : "No prompts yet"}
              actions={
                !q && (
                  <ButtonLink kind="primary" to="/prompts" search={{ new: "blank" }}>
                    New prompt
                  </ButtonLink>
                )
              }
            >
              An experiment runs versions of one prompt on its golden examples.
            </EmptyState>
          )
        }
      </QueryStates>
    </Panel>
  );
}
