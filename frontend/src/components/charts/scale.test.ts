import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bandPath,
  bucketAt,
  extent,
  linePath,
  linearScale,
  niceAxis,
  segments,
  spread,
  stretches,
} from "@/components/charts/scale";

const figure = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("niceAxis", () => {
  it("has three to five rising ticks with equal steps that cover the figures", () => {
    fc.assert(
      fc.property(figure, figure, (a, b) => {
        const { domain, ticks } = niceAxis(a, b);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(5);
        const steps = ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0));
        const step = steps[0] ?? 0;
        expect(step).toBeGreaterThan(0);
        for (const other of steps) expect(Math.abs(other - step)).toBeLessThan(step * 1e-3);
        const slack = step * 1e-6;
        expect(domain[0]).toBeLessThanOrEqual(Math.min(a, b) + slack);
        expect(domain[1]).toBeGreaterThanOrEqual(Math.max(a, b) - slack);
      }),
    );
  });

  it("has whole ticks for counts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (most) => {
        const { domain, ticks } = niceAxis(0, most, { integer: true });
        expect(ticks.every((tick) => Number.isInteger(tick))).toBe(true);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(domain[0]).toBe(0);
        expect(domain[1]).toBeGreaterThanOrEqual(most);
      }),
    );
  });

  it("keeps three ticks inside when it ends at the data", () => {
    fc.assert(
      fc.property(figure, figure, (a, b) => {
        const { domain, ticks } = niceAxis(a, b, { tight: true });
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        const slack = (domain[1] - domain[0]) * 1e-6;
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(domain[0] - slack);
          expect(tick).toBeLessThanOrEqual(domain[1] + slack);
        }
      }),
    );
  });

  it("chooses the ticks a person would choose", () => {
    expect(niceAxis(-0.39, 0.14).ticks).toEqual([-0.4, -0.2, 0, 0.2]);
    expect(niceAxis(-0.08, 0.07).ticks).toEqual([-0.1, -0.05, 0, 0.05, 0.1]);
    expect(niceAxis(0, 46, { integer: true, tight: true }).ticks).toEqual([0, 20, 40]);
  });

  it("has an axis for one figure, for zero and for none", () => {
    for (const [a, b] of [[0, 0], [5, 5], [Number.NaN, 1], [Infinity, -Infinity]] as const) {
      const { domain, ticks } = niceAxis(a, b);
      expect(domain[1]).toBeGreaterThan(domain[0]);
      expect(ticks.every((tick) => Number.isFinite(tick))).toBe(true);
    }
  });
});

describe("linearScale", () => {
  it("maps the ends of the domain to the ends of the range and keeps the order", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), fc.nat(100), (low, span, part) => {
        const scale = linearScale([low, low + span], [0, 100]);
        expect(scale(low)).toBeCloseTo(0);
        expect(scale(low + span)).toBeCloseTo(100);
        expect(scale(low + (span * part) / 100)).toBeCloseTo(part, 3);
      }),
    );
  });
});

describe("paths", () => {
  const points = fc.array(fc.option(fc.record({ x: fc.nat(100), y: fc.nat(100) })), { maxLength: 40 });

  it("never bridge a gap and lose no point", () => {
    fc.assert(
      fc.property(points, (entries) => {
        const path = linePath(entries);
        const parts = segments(entries);
        expect(path.match(/M/g)?.length ?? 0).toBe(parts.length);
        expect(path.match(/[ML]/g)?.length ?? 0).toBe(entries.filter((entry) => entry !== null).length);
        expect(path).not.toMatch(/NaN|undefined/);
      }),
    );
  });

  it("close each part of a band by itself", () => {
    const span = { x: 1, low: 2, high: 3 };
    expect(bandPath([span, null, span, span]).match(/Z/g)).toHaveLength(2);
  });
});

describe("stretches", () => {
  it("find every missing bucket once", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 50 }), (missing) => {
        const found = stretches(missing.length, (index) => missing[index] ?? false);
        const count = found.reduce((sum, [from, to]) => sum + to - from + 1, 0);
        expect(count).toBe(missing.filter(Boolean).length);
      }),
    );
  });
});

describe("spread", () => {
  it("keeps labels apart, in order and inside when there is room", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 6 }), (wanted) => {
        const moved = spread(wanted, 14, [0, 200]);
        const placed = moved.toSorted((a, b) => a - b);
        expect(placed.every((y) => y >= 0 && y <= 200)).toBe(true);
        const distances = placed.slice(1).map((y, index) => y - (placed[index] ?? 0));
        expect(distances.every((distance) => distance >= 14)).toBe(true);
        const before = wanted.map((y, index) => ({ y, index })).toSorted((a, b) => a.y - b.y);
        expect(before.map(({ index }) => moved[index])).toEqual(placed);
      }),
    );
  });
});

describe("bucketAt", () => {
  const starts = ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"];

  it("places a moment between buckets and refuses one outside of them", () => {
    expect(bucketAt(starts, "2026-11-01T12:00:00Z")).toBeCloseTo(0.5);
    expect(bucketAt(starts, "2026-11-03T10:00:00Z")).toBe(2);
    expect(bucketAt(starts, "2026-10-31T10:00:00Z")).toBeNull();
    expect(bucketAt(starts, "2026-11-09T10:00:00Z")).toBeNull();
    expect(bucketAt([], "2026-11-09T10:00:00Z")).toBeNull();
  });
});

describe("extent", () => {
  it("leaves missing figures out instead of taking them for 0", () => {
    expect(extent([null, 3, undefined, 5])).toEqual([3, 5]);
    expect(extent([null])).toBeNull();
  });
});
