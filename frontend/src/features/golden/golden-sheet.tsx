import { useQueryClient } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useMemo, useState } from "react";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { Notice } from "@/components/ui/notice";
import { useMay } from "@/features/session/use-may";
import { count, plural } from "@/lib/format";
import { modKey } from "@/lib/shortcuts";
import type { Schemas } from "@/services/http";
import type { Facets } from "./api";
import { BulkBar } from "./bulk-bar";
import { NEW_ROW } from "./edits";
import { ExampleInspector } from "./example-inspector";
import { GoldenBar, LACKS } from "./golden-bar";
import { GoldenEmpty } from "./golden-empty";
import { ImportSheet } from "./import-sheet";
import { MissingBanner } from "./missing-banner";
import { PastePanel } from "./paste-panel";
import { removeLater } from "./removals";
import { type GridRow, newRow } from "./rows";
import { Sheet } from "./sheet";
import { type Cell, LEAD } from "./sheet-range";
import { UnsavedList } from "./unsaved-list";
import { useEdits } from "./use-edits";
import { filtersOf, useExamples, useOpened } from "./use-examples";
import { usePlace } from "./use-place";
import { useSheet } from "./use-sheet";

interface GoldenSheetProps {
  prompt: Schemas["PromptRead"];
  version: number;
  facets: Facets;
}

export function GoldenSheet({ prompt, version, facets }: GoldenSheetProps) {
  const client = useQueryClient();
  const mayWrite = useMay("write");
  const { place, go } = usePlace();
  const filters = filtersOf(place);
  const { query, columns, examples, total } = useExamples(prompt.id, filters, facets.variables);
  const edits = useEdits(prompt.id, columns);
  const [isAdding, setAdding] = useState(() => edits.unsaved[NEW_ROW] !== undefined);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [paste, setPaste] = useState<{ table: string[][]; at: Cell } | null>(null);
  const hasNew = mayWrite && (isAdding || edits.unsaved[NEW_ROW] !== undefined);
  const rows = useMemo<readonly GridRow[]>(() => (hasNew ? [...examples, newRow] : examples), [examples, hasNew]);
  const flip = (id: string) =>
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const showDetails = (id: string) => {
    setPaste(null);
    go({ example: id }, place.example !== undefined);
  };
  const sheet = useSheet({ promptId: prompt.id, rows, columns, edits, mayWrite, onDetails: showDetails, onToggle: flip });
  const { index: opened, example, isMissing } = useOpened(prompt.id, place.example, { query, examples });
  const chosen = examples.filter(({ id }) => selected.has(id));
  const isFiltered = Boolean(place.q || place.tag || place.split || place.status);
  const numberOf = (id: string) => (id === NEW_ROW ? "new" : String(rows.findIndex((row) => row.id === id) + 1 || "not shown"));
  const add = () => {
    setAdding(true);
    sheet.goSoon({ row: examples.length, col: LEAD });
    setTimeout(() => sheet.grid.current?.focus());
  };
  const needed = hasNew ? columns.filter(({ key, isRequired }) => isRequired && !edits.unsaved[NEW_ROW]?.[key]).map(({ name }) => name) : [];
  const beside = paste || example;
  // what an optional variable lacks, its template has a text for
  const lacking = facets.lacking.filter(({ variable }) => facets.variables.some(({ name, required }) => required && name === variable));

  return (
    <div className="stack golden">
      <GoldenBar
        promptId={prompt.id}
        place={place}
        go={go}
        filters={filters}
        facets={facets}
        lacking={lacking}
        mayWrite={mayWrite}
        edits={edits}
        onAdd={add}
      />
      {mayWrite &&
        lacking.map((lack) => (
          <MissingBanner
            key={lack.variable}
            lack={lack}
            examples={examples}
            version={version}
            edits={edits}
            isShown={filters.lacks === lack.variable}
            onShow={() => go({ status: LACKS + lack.variable })}
          />
        ))}
      <UnsavedList edits={edits} columns={columns} numberOf={numberOf} onShow={sheet.show} />
      {chosen.length > 0 && mayWrite && <BulkBar examples={chosen} columns={columns} edits={edits} onClear={() => setSelected(new Set())} />}
      {isMissing && <Notice kind="warn">The example of this link does not exist any more.</Notice>}
      <QueryStates query={query} failed="The golden examples could not be loaded." rows={10}>
        {() =>
          rows.length === 0 && !paste ? (
            <section className="panel">
              {isFiltered ? (
                <EmptyState
                  title="No example fits these filters"
                  actions={<Button onClick={() => go({ q: undefined, tag: undefined, split: undefined, status: undefined })}>Clear the filters</Button>}
                >
                  There are {count(prompt.golden_count)} examples without them.
                </EmptyState>
              ) : (
                <GoldenEmpty
                  promptId={prompt.id}
                  variables={columns.filter(({ kind }) => kind === "input").map(({ name }) => name)}
                  mayWrite={mayWrite}
                  onAdd={add}
                  onImport={() => go({ import: true })}
                  onPasteTable={(table) => setPaste({ table, at: { row: 0, col: LEAD } })}
                />
              )}
            </section>
          ) : (
            <div className={clsx(beside && "with-side golden-side")}>
              <section className="panel" aria-label="Sheet of examples">
                <Sheet
                  sheet={sheet}
                  rows={rows}
                  columns={columns}
                  edits={edits}
                  selected={selected}
                  onToggle={flip}
                  onPasteTable={(table, at) => mayWrite && setPaste({ table, at })}
                  onEnd={query.hasNextPage && !query.isFetchingNextPage ? query.fetchNextPage : undefined}
                />
                <div className="panel__foot">
                  <span role="status">
                    {edits.saving.size > 0 ? `Saving ${plural(edits.saving.size, "row")}` : `${count(examples.length)} of ${count(total ?? 0)} loaded`}
                  </span>
                  {needed.length > 0 && <span className="t2">The new example is stored when it gives {needed.join(", ")}.</span>}
                  {mayWrite && (
                    <span className="wide">
                      <Kbd>↵</Kbd> edit <Kbd>{`${modKey}D`}</Kbd> fill down <Kbd>{`${modKey}V`}</Kbd> paste rows
                    </span>
                  )}
                  <span className="legend push">
                    <span>
                      <i className="legend__unsaved" />
                      not saved yet
                    </span>
                  </span>
                </div>
              </section>
              {paste ? (
                <PastePanel promptId={prompt.id} {...paste} rows={rows} columns={columns} edits={edits} textAt={sheet.textAt} onClose={() => setPaste(null)} />
              ) : (
                example && (
                  <ExampleInspector
                    key={example.id}
                    example={example}
                    number={opened < 0 ? "outside the rows shown" : numberOf(example.id)}
                    promptName={prompt.name}
                    columns={columns}
                    edits={edits}
                    mayWrite={mayWrite}
                    onWalk={(step) => showDetails(examples[opened + step]?.id ?? example.id)}
                    onClose={() => go({ example: undefined })}
                    onDelete={() => {
                      removeLater(client, [example]);
                      go({ example: undefined });
                    }}
                  />
                )
              )}
            </div>
          )
        }
      </QueryStates>
      {place.import && mayWrite && (
        <ImportSheet promptId={prompt.id} promptName={prompt.name} columns={columns} onClose={() => go({ import: undefined }, true)} />
      )}
    </div>
  );
}
