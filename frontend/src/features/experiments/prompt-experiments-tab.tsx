import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, ErrorPanel, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { usePlace } from "@/features/golden/use-place";
import { ColumnPicker } from "@/features/lists/column-picker";
import { useVersions } from "@/features/prompts/use-versions";
import { VersionsChart } from "@/features/prompts/versions-chart";
import { count } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { type Experiment, experimentsOptions } from "./api";
import { compareLink } from "./compare-link";
import { EXPERIMENT_COLUMNS } from "./list-columns";
import { ListTable } from "./list-table";

/** How the versions of a prompt did, and the experiments that say so. */
export function PromptExperimentsTab({ prompt }: { prompt: Schemas["PromptRead"] }) {
  const { place, go } = usePlace();
  const [chosen, setChosen] = useState<string[]>([]);
  const versions = useVersions(prompt.id);
  const experiments = useQuery(experimentsOptions({ prompt: prompt.id }, place.cursor));
  const page = experiments.data;
  return (
    <div className="stack golden">
      {versions.query.error && (
        <div className="panel">
          <ErrorPanel what="The scores of the versions could not be loaded." error={versions.query.error} onRetry={() => void versions.query.refetch()} />
        </div>
      )}
      <VersionsChart versions={versions.items} />
      <Panel
        title="Experiments"
        beside={page && <span className="n">{count(page.total)}</span>}
        tools={
          <>
            {page && <Comparing rows={page.items} chosen={chosen} />}
            <ColumnPicker list="experiments" columns={EXPERIMENT_COLUMNS} />
          </>
        }
        foot={(place.cursor || page?.next_cursor) && <Pager cursor={place.cursor} next={page?.next_cursor} onPage={(cursor) => go({ cursor })} />}
        flush
      >
        <QueryStates query={experiments} failed="The experiments could not be loaded.">
          {({ items }) =>
            items.length > 0 ? (
              <ListTable items={items} chosen={chosen} onChoose={setChosen} />
            ) : (
              <EmptyState
                title="No experiments of this prompt yet"
                command="llmops demo"
                actions={
                  <>
                    <ButtonLink to="/experiments/new" search={{ prompt: prompt.name }} kind="primary">
                      <FlaskConical className="icon" aria-hidden="true" />
                      Run the first experiment
                    </ButtonLink>
                    {prompt.golden_count === 0 && (
                      <ButtonLink to="." search={(old) => ({ ...old, tab: "golden" })}>
                        Write golden examples
                      </ButtonLink>
                    )}
                  </>
                }
              >
                An experiment runs a version on your {prompt.golden_count > 0 ? `${count(prompt.golden_count)} ` : ""}golden examples and says
                whether it got worse.
              </EmptyState>
            )
          }
        </QueryStates>
      </Panel>
    </div>
  );
}

/** Two are enough: the one started first is the baseline. */
function Comparing({ rows, chosen }: { rows: readonly Experiment[]; chosen: readonly string[] }) {
  if (rows.length < 2) return null;
  const link = compareLink(rows.filter(({ id }) => chosen.includes(id)));
  if (!link) return <span className="small t3">{chosen.length > 1 ? "At most four can be compared" : "Choose two to compare them"}</span>;
  return (
    <ButtonLink small to="/compare" search={link}>
      Compare {chosen.length}
    </ButtonLink>
  );
}
