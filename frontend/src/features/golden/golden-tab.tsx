import { useQuery } from "@tanstack/react-query";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import type { Schemas } from "@/services/http";
import { facetsOptions } from "./api";
import { GoldenSheet } from "./golden-sheet";

/** The examples of a prompt as a sheet; its columns are what the newest version reads. */
export function GoldenTab({ prompt }: { prompt: Schemas["PromptRead"] }) {
  const facets = useQuery(facetsOptions(prompt.id));
  return (
    <QueryStates query={facets} failed="The golden examples could not be loaded." rows={10}>
      {(found) =>
        found.version_number !== null ? (
          <GoldenSheet key={prompt.id} prompt={prompt} version={found.version_number} facets={found} />
        ) : (
          <div className="panel">
            <EmptyState
              title="Write the prompt first"
              actions={
                <ButtonLink kind="primary" to="." search={(old) => ({ ...old, tab: "versions", edit: true })}>
                  Write version 1
                </ButtonLink>
              }
            >
              The variables of its newest version are what an example has to give: they are the columns of this sheet.
            </EmptyState>
          </div>
        )
      }
    </QueryStates>
  );
}
