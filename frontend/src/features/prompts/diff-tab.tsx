import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { DiffTable } from "@/components/diff/diff-table";
import { goToChange } from "@/components/diff/walk-changes";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { Kbd } from "@/components/ui/kbd";
import { NARROW, useMedia } from "@/features/comparison/use-media";
import { day } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";
import { type Diff, type Prompt, diffOptions } from "./api";
import { DiffBar } from "./diff-bar";
import { DiffEffect } from "./diff-effect";
import { DiffValues } from "./diff-values";
import { usePlace } from "./place";

function SideHead({ prompt, version }: { prompt: Prompt; version: Diff["from"] }) {
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
  const newest = prompt.latest_version?.number ?? left;
  const right = search.v ?? newest;
  const diff = useQuery({ ...diffOptions(`${prompt.name}@${left}`, `${prompt.name}@${right}`), placeholderData: keepPreviousData });
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
  return (
    <>
      <DiffBar
        prompt={prompt}
        newest={newest}
        from={left}
        to={right}
        previous={diff.data?.to.parent_number ?? null}
        view={view}
        hideWhitespace={hideWhitespace}
        patch={diff.data?.unified}
        onPair={pair}
        onView={setView}
        onWhitespace={(hide) => go({ ws: hide || undefined }, true)}
      />
      <QueryStates query={diff} failed="The difference could not be loaded." rows={10}>
        {(data) => (
          <div className="with-side">
            <div className="stack" ref={area}>
              <Panel title="Text" beside={<span className="n">{data.unified === "" ? "unchanged" : ""}</span>} flush>
                {data.unified !== "" && (
                  <DiffTable
                    hunks={data.hunks}
                    view={view}
                    caption={
                      view === "split"
                        ? `Text, v${data.from.number} at the left, v${data.to.number} at the right`
                        : `Text, from v${data.from.number} to v${data.to.number}`
                    }
                    oldHead={<SideHead prompt={prompt} version={data.from} />}
                    newHead={<SideHead prompt={prompt} version={data.to} />}
                    hideWhitespace={hideWhitespace}
                    format={data.to.template_format}
                  />
                )}
              </Panel>
              <DiffValues diff={data} oldName={`v${data.from.number}`} newName={`v${data.to.number}`} />
              <p className="small t3 row wrap">
                <Kbd>n</Kbd> next change <Kbd>u</Kbd> unified <Kbd>x</Kbd> swap sides
              </p>
            </div>
            <DiffEffect prompt={prompt} diff={data} />
          </div>
        )}
      </QueryStates>
    </>
  );
}
