import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { DiffTable } from "@/components/diff/diff-table";
import { goToChange } from "@/components/diff/walk-changes";
import { Panel } from "@/components/layout/panel";
import { ErrorPanel, QueryStates } from "@/components/layout/states";
import { Kbd } from "@/components/ui/kbd";
import { NARROW, useMedia } from "@/features/comparison/use-media";
import { day } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";
import { type Prompt, diffOptions } from "./api";
import { DiffBar } from "./diff-bar";
import { DiffEffect } from "./diff-effect";
import { DiffValues } from "./diff-values";
import { usePlace } from "./place";
import { type Shown, useVersion, useVersions } from "./use-versions";

function SideHead({ prompt, version }: { prompt: Prompt; version: Shown }) {
  const labels = prompt.labels.filter((label) => label.version_number === version.number).map(({ name }) => name);
  return (
    <>
      v{version.number} <span className="n">{[...labels, day(version.created_at)].join(", ")}</span>
    </>
  );
}

interface DiffTabProps {
  prompt: Prompt;
  /** Number of the version at the left. */
  from: number;
}

/** Any two versions, in the page and with an address of their own. */
export function DiffTab({ prompt, from: left }: DiffTabProps) {
  const { search, go } = usePlace();
  const area = useRef<HTMLDivElement>(null);
  const { items } = useVersions(prompt.id);
  const right = search.v ?? prompt.latest_version?.number ?? left;
  const [from, to] = [useVersion(prompt, left), useVersion(prompt, right)];
  const diff = useQuery({ ...diffOptions(from.version?.id ?? "", to.version?.id ?? ""), enabled: from.version !== undefined && to.version !== undefined });
  const isNarrow = useMedia(NARROW);
  const view = search.view ?? (isNarrow ? "unified" : "split");
  const hideWhitespace = search.ws === true;
  const pair = (one: number, other: number) => go({ diff: one, v: other }, true);
  const setView = (next: typeof view) => go({ view: next }, true);
  useShortcuts({
    n: () => area.current && goToChange(area.current, 1),
    u: () => setView(view === "split" ? "unified" : "split"),
    x: () => pair(right, left),
  });
  const lost = from.error ?? to.error;
  return (
    <>
      <DiffBar
        prompt={prompt}
        numbers={items.map((version) => version.number)}
        from={left}
        to={right}
        previous={to.version?.parent_number ?? null}
        view={view}
        hideWhitespace={hideWhitespace}
        patch={diff.data?.unified}
        onPair={pair}
        onView={setView}
        onWhitespace={(hide) => go({ ws: hide || undefined }, true)}
      />
      {lost && !diff.data && (
        <div className="panel">
          <ErrorPanel what="These versions could not be loaded." error={lost} onRetry={from.error ? from.retry : to.retry} />
        </div>
      )}
      {!lost && (
        <QueryStates query={diff} failed="The difference could not be loaded." rows={10}>
          {(data) =>
            from.version &&
            to.version && (
              <div className="with-side">
                <div className="stack" ref={area}>
                  <Panel title="Text" beside={<span className="n">{data.unified === "" ? "unchanged" : ""}</span>} flush>
                    {data.unified !== "" && (
                      <DiffTable
                        hunks={data.hunks}
                        view={view}
                        caption={view === "split" ? `Text, v${left} at the left, v${right} at the right` : `Text, from v${left} to v${right}`}
                        oldHead={<SideHead prompt={prompt} version={from.version} />}
                        newHead={<SideHead prompt={prompt} version={to.version} />}
                        hideWhitespace={hideWhitespace}
                        format={to.version.template_format}
                      />
                    )}
                  </Panel>
                  <DiffValues diff={data} oldName={`v${left}`} newName={`v${right}`} />
                  <p className="small t3 row wrap">
                    <Kbd>n</Kbd> next change <Kbd>u</Kbd> unified <Kbd>x</Kbd> swap sides
                  </p>
                </div>
                <DiffEffect prompt={prompt} diff={data} from={from.version} to={to.version} />
              </div>
            )
          }
        </QueryStates>
      )}
    </>
  );
}
