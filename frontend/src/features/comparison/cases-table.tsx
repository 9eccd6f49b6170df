import { useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { useEffect, useRef } from "react";
import { useShortcuts } from "@/lib/shortcuts";
import { ManyHead, PairHead } from "./case-heads";
import { CaseRow } from "./case-row";
import type { Case } from "./cases";
import { ManyRow } from "./many-row";
import type { Compared } from "./use-comparison";
import type { PairVerdict } from "./use-verdicts";

const ROW = { pair: 49, many: 84 };
const HEAD = { pair: 29, many: 82 };
const OVERSCAN = 4;
/** As matrix.css has it: with its height known, the rows are drawn at once and not after the frame was measured. */
const frameHeight = () => Math.max(420, window.innerHeight - 200);

interface CasesTableProps {
  compared: Compared;
  verdicts: readonly (PairVerdict | undefined)[];
  shown: readonly Case[];
  openId: string | undefined;
  onOpen: (id: string) => void;
}

/** Rows in the window and a few around it; two spacer rows stand for the rest. */
export function CasesTable({ compared, verdicts, shown, openId, onOpen }: CasesTableProps) {
  const kind = compared.candidates.length > 1 ? "many" : "pair";
  const Row = kind === "many" ? ManyRow : CaseRow;
  const frame = useRef<HTMLDivElement>(null);
  const focusNext = useRef<string>(undefined);
  const openIndex = shown.findIndex((one) => one.id === openId);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => frame.current,
    getItemKey: (index) => shown[index]?.id ?? index,
    estimateSize: () => ROW[kind],
    overscan: OVERSCAN,
    initialRect: { width: 0, height: frameHeight() },
    scrollMargin: HEAD[kind],
    scrollPaddingStart: HEAD[kind],
  });

  useEffect(() => {
    if (openIndex >= 0) rows.scrollToIndex(openIndex, { align: "auto" });
    // only when another case is opened: sorting or loading must not move the list under a reader
    // oxlint-disable-next-line react/exhaustive-deps
  }, [openId]);

  // a row that was scrolled to can take the focus only once it is drawn
  useEffect(() => {
    if (focusNext.current === undefined) return;
    const link = frame.current?.querySelector<HTMLElement>(`[data-case="${focusNext.current}"] a`);
    if (!link) return;
    focusNext.current = undefined;
    link.focus({ preventScroll: true });
  });

  const walk = (step: number) => {
    const focused = frame.current?.contains(document.activeElement)
      ? Number(document.activeElement?.closest<HTMLElement>("tr")?.dataset.index ?? -1)
      : -1;
    const from = openIndex >= 0 ? openIndex : focused;
    const next = Math.min(Math.max(from + step, 0), shown.length - 1);
    const one = shown[next];
    if (!one) return;
    if (focused >= 0 || openId === undefined) focusNext.current = one.id;
    rows.scrollToIndex(next, { align: "auto" });
    if (openId === undefined) frame.current?.querySelector<HTMLElement>(`[data-case="${one.id}"] a`)?.focus({ preventScroll: true });
    else onOpen(one.id);
  };
  useShortcuts({ j: () => walk(1), k: () => walk(-1), "]": () => walk(1), "[": () => walk(-1) });

  const items = rows.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const above = first ? first.start - HEAD[kind] : 0;
  const below = rows.getTotalSize() - (last ? last.end - HEAD[kind] : 0);
  const caption = `Cases of ${compared.names.join(", ")}`;
  return (
    <div ref={frame} className="table-wrap cases" tabIndex={0} role="group" aria-label={`${caption}; scrolls`}>
      <table className={clsx("table", kind === "many" && "many")} aria-rowcount={shown.length + 1}>
        <caption className="sr">{caption}</caption>
        {kind === "many" && (
          <colgroup>
            <col className="many__number" />
            <col className="many__question" />
          </colgroup>
        )}
        {kind === "many" ? <ManyHead compared={compared} verdicts={verdicts} /> : <PairHead names={compared.names} />}
        <tbody>
          <Spacer height={above} />
          {items.map((item) => {
            const one = shown[item.index];
            return (
              one && (
                <Row
                  key={one.id}
                  one={one}
                  index={item.index}
                  names={compared.names}
                  isOpen={one.id === openId}
                  isTight={openId !== undefined}
                  lowerIsBetter={compared.cases.better === "lower"}
                  measure={rows.measureElement}
                />
              )
            );
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ height }: { height: number }) {
  return height > 0 && <tr aria-hidden="true" style={{ height }} />;
}
