/** Where two sequences agree: the shortest edit script (Myers) with guards that keep it near linear. */

export interface Match {
  a: number;
  b: number;
  length: number;
}

type Ids = Int32Array;

// more edits than this in one stretch: split it at items that occur once, or call it replaced
const MAX_EDITS = 1_000;

const at = (values: Ids, index: number): number => values[index] ?? 0;

/** Stretches both sequences share, in order and as long as they go. */
export function align(before: readonly string[], after: readonly string[]): Match[] {
  const known = new Map<string, number>();
  const ids = (items: readonly string[]): Ids =>
    Int32Array.from(items, (item) => {
      const id = known.get(item) ?? known.size;
      known.set(item, id);
      return id;
    });
  const [a, b] = [ids(before), ids(after)];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;

  const pairs: [number, number][] = [];
  const middle: Box = { a: start, aEnd: a.length - end, b: start, bEnd: b.length - end };
  const found = shortest(a, b, middle) ?? aroundAnchors(a, b, middle);
  for (let i = 0; i < start; i += 1) pairs.push([i, i]);
  for (const pair of found) pairs.push(pair);
  for (let i = end; i > 0; i -= 1) pairs.push([a.length - i, b.length - i]);
  return joined(pairs);
}

interface Box {
  a: number;
  aEnd: number;
  b: number;
  bEnd: number;
}

/** Equal pairs of the shortest edit script, or null when it needs more than MAX_EDITS edits. */
function shortest(a: Ids, b: Ids, box: Box): [number, number][] | null {
  const [n, m] = [box.aEnd - box.a, box.bEnd - box.b];
  const most = Math.min(n + m, MAX_EDITS);
  const origin = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const trace: Ids[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(furthest.slice(origin - edits - 1, origin + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const [left, right] = [at(furthest, origin + k - 1), at(furthest, origin + k + 1)];
      let x = k === -edits || (k !== edits && left < right) ? right : left + 1;
      while (x < n && x - k < m && a[box.a + x] === b[box.b + x - k]) x += 1;
      furthest[origin + k] = x;
      if (x >= n && x - k >= m) return walkedBack(trace, box, n, m);
    }
  }
  return null;
}

function walkedBack(trace: readonly Ids[], box: Box, n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [n, m];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const seen = trace[edits] ?? new Int32Array(0);
    const reach = (k: number) => at(seen, k + edits + 1);
    const k = x - y;
    const down = k === -edits || (k !== edits && reach(k - 1) < reach(k + 1));
    const fromX = edits === 0 ? 0 : reach(down ? k + 1 : k - 1);
    const fromY = edits === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      pairs.push([box.a + x, box.b + y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.toReversed();
}

/** Splits at items that stand once on each side, in the same order; what lies between is compared by itself. */
function aroundAnchors(a: Ids, b: Ids, box: Box): [number, number][] {
  const pairs: [number, number][] = [];
  let [fromA, fromB] = [box.a, box.b];
  for (const [atA, atB] of [...rising(onceOnBoth(a, b, box)), [box.aEnd, box.bEnd] as const]) {
    for (const pair of shortest(a, b, { a: fromA, aEnd: atA, b: fromB, bEnd: atB }) ?? []) pairs.push(pair);
    if (atA < box.aEnd) pairs.push([atA, atB]);
    [fromA, fromB] = [atA + 1, atB + 1];
  }
  return pairs;
}

function onceOnBoth(a: Ids, b: Ids, box: Box): [number, number][] {
  const places = (ids: Ids, from: number, to: number) => {
    const place = new Map<number, number>();
    for (let i = from; i < to; i += 1) place.set(at(ids, i), place.has(at(ids, i)) ? -1 : i);
    return place;
  };
  const inB = places(b, box.b, box.bEnd);
  const pairs: [number, number][] = [];
  for (const [id, atA] of places(a, box.a, box.aEnd)) {
    const atB = inB.get(id) ?? -1;
    if (atA >= 0 && atB >= 0) pairs.push([atA, atB]);
  }
  return pairs.toSorted((one, other) => one[0] - other[0]);
}

/** The longest run of pairs whose second places rise, too. */
function rising(pairs: readonly [number, number][]): [number, number][] {
  const tails: number[] = []; // index of the pair that ends the best run of each length
  const previous: number[] = [];
  const second = (index: number | undefined) => pairs[index ?? -1]?.[1] ?? -1;
  pairs.forEach(([, place], index) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (second(tails[middle]) < place) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  });
  const run: [number, number][] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair) run.push(pair);
  }
  return run.toReversed();
}

function joined(pairs: readonly [number, number][]): Match[] {
  const matches: Match[] = [];
  for (const [a, b] of pairs) {
    const last = matches.at(-1);
    if (last && last.a + last.length === a && last.b + last.length === b) last.length += 1;
    else matches.push({ a, b, length: 1 });
  }
  return matches;
}
