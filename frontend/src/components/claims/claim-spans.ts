import type { WordPart } from "@/components/diff/word-diff";

export type ClaimVerdict = "supported" | "contradicted" | "not_found" | "open";

/** A claim as the server tells it; `open` stands for a claim whose verdict is not shown yet. */
export interface ClaimInput {
  text: string;
  verdict?: string;
  quote?: string | null;
  start?: number | null;
  end?: number | null;
  evidence?: string | null;
  reason?: string;
}

/** A claim at its place: `start` and `end` count as JavaScript does; both are null where the text does not say it. */
export interface PlacedClaim {
  text: string;
  verdict: ClaimVerdict;
  evidence: string | null;
  reason: string;
  start: number | null;
  end: number | null;
  /** Ties the mark to its line in the list; supported claims have none. */
  number: number | null;
}

const RANK: Record<ClaimVerdict, number> = { contradicted: 3, not_found: 2, open: 1, supported: 0 };

const isVerdict = (word: string): word is ClaimVerdict => Object.hasOwn(RANK, word);

/** Claims worth showing, in the order of the text, numbered. Others (`not_checkworthy`) are left out. */
export function placeClaims(text: string, claims: readonly ClaimInput[]): PlacedClaim[] {
  const unit = unitsOf(text);
  const placed = claims.flatMap((claim): PlacedClaim[] => {
    const verdict = claim.verdict ?? "open";
    if (!isVerdict(verdict)) return [];
    const { evidence = null, reason = "" } = claim;
    return [{ text: claim.text, verdict, evidence, reason, ...spanOf(text, claim, unit), number: null }];
  });
  placed.sort((one, other) => (one.start ?? Infinity) - (other.start ?? Infinity) || (one.end ?? 0) - (other.end ?? 0) || 0);
  let number = 0;
  return placed.map((claim) => (claim.verdict === "supported" ? claim : { ...claim, number: (number += 1) }));
}

interface Span {
  start: number | null;
  end: number | null;
}

/** The server counts code points, JavaScript halves of them: the two part after the first emoji. */
function unitsOf(text: string): (point: number) => number {
  if (!/[\uD800-\uDFFF]/.test(text)) return (point) => point;
  const units: number[] = [];
  let unit = 0;
  for (const character of text) {
    units.push(unit);
    unit += character.length;
  }
  return (point) => units[point] ?? text.length;
}

const isNumber = (value: number | null | undefined): value is number => typeof value === "number";

function spanOf(text: string, claim: ClaimInput, unit: (point: number) => number): Span {
  const { quote } = claim;
  const start = isNumber(claim.start) ? unit(Math.max(0, claim.start)) : null;
  const end = isNumber(claim.end) ? Math.min(unit(Math.max(0, claim.end)), text.length) : null;
  if (start !== null && end !== null && start < end && (!quote || text.slice(start, end) === quote)) return { start, end };
  return (quote?.trim() && nearest(text, quote.trim(), start ?? 0)) || { start: null, end: null };
}

/** The quote's place closest to where it was said to be: as it is, else whatever its case and spaces. */
function nearest(text: string, quote: string, near: number): Span | null {
  const escaped = quote.split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  for (const pattern of [new RegExp(escaped.join("\\s+"), "gu"), new RegExp(escaped.join("\\s+"), "giu")]) {
    const places = Array.from(text.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length }));
    places.sort((one, other) => Math.abs(one.start - near) - Math.abs(other.start - near));
    if (places[0]) return places[0];
  }
  return null;
}

export interface Segment {
  text: string;
  /** What the words mean to a reader: of several claims on them the worst. */
  claim: PlacedClaim | null;
  /** Claims that end here and carry a number. */
  ends: readonly PlacedClaim[];
  op: WordPart["op"];
}

/** The text cut where a claim or a difference begins or ends; the segments joined are the text. */
export function segmentsOf(text: string, claims: readonly PlacedClaim[], parts: readonly WordPart[]): Segment[] {
  const cuts = new Set([0, text.length]);
  let length = 0;
  const opAt: [number, WordPart["op"]][] = parts.map((part) => {
    cuts.add(Math.min((length += part.text.length), text.length));
    return [length, part.op];
  });
  const marks = claims.flatMap((claim) => {
    const [start, end] = [Math.max(0, claim.start ?? 0), Math.min(claim.end ?? 0, text.length)];
    if (start >= end) return [];
    cuts.add(start);
    cuts.add(end);
    return [{ claim, start, end }];
  });
  const bounds = [...cuts].toSorted((one, other) => one - other);
  let part = 0;
  return bounds.slice(1).map((to, index): Segment => {
    const from = bounds[index] ?? 0;
    while (part < opAt.length - 1 && (opAt[part]?.[0] ?? 0) <= from) part += 1;
    const over = marks.filter((mark) => mark.start <= from && mark.end >= to);
    over.sort((one, other) => RANK[other.claim.verdict] - RANK[one.claim.verdict]);
    const ends = marks.filter((mark) => mark.end === to && mark.claim.number !== null).map((mark) => mark.claim);
    return { text: text.slice(from, to), claim: over[0]?.claim ?? null, ends, op: opAt[part]?.[1] ?? "equal" };
  });
}

export interface Layer {
  op: WordPart["op"];
  segments: Segment[];
}

/** Neighbours with the same fate stand in one `ins` or `del`; a contradicted claim is the finding and stands outside of it. */
export function layersOf(segments: readonly Segment[]): Layer[] {
  const layers: Layer[] = [];
  for (const segment of segments) {
    const op = segment.claim?.verdict === "contradicted" ? "equal" : segment.op;
    const last = layers.at(-1);
    const before = last?.segments.at(-1);
    if (last?.op !== op) layers.push({ op, segments: [segment] });
    else if (before && before.claim === segment.claim && before.ends.length === 0) {
      last.segments.splice(-1, 1, { ...segment, text: before.text + segment.text });
    } else last.segments.push(segment);
  }
  return layers;
}

/** Where a source says it: the heading it stands under, else its line; null where it is not found. */
export function placeIn(context: string | null | undefined, evidence: string | null): string | null {
  const at = context && evidence ? context.indexOf(evidence) : -1;
  if (!context || at < 0) return null;
  const lines = context.slice(0, at + 1).split("\n");
  const heading = lines.findLast((line) => /^#{1,6}\s+\S|^\[\d+\]\s*\S/.test(line));
  const name = heading?.replace(/^#{1,6}\s+/, "").match(/^[^:.]{1,60}/)?.[0].trim();
  return name || `line ${lines.length}`;
}
