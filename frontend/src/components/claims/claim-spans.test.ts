import fc from "fast-check";
import { expect, test } from "vitest";
import { wordDiff, partsOf } from "@/components/diff/word-diff";
import { layersOf, placeClaims, placeIn, segmentsOf } from "./claim-spans";

const offset = fc.option(fc.integer({ min: -5, max: 60 }));
const claims = fc.array(
  fc.record({
    text: fc.string(),
    verdict: fc.constantFrom("supported", "contradicted", "not_found", "not_checkworthy", "toString", "open"),
    quote: fc.option(fc.string({ unit: "binary", maxLength: 12 })),
    start: offset,
    end: offset,
  }),
  { maxLength: 8 },
);
const text = fc.string({ unit: "binary", maxLength: 50 });

test("segments joined are the text, whatever the claims and the differences", () => {
  fc.assert(
    fc.property(text, text, claims, (before, after, said) => {
      const segments = segmentsOf(after, placeClaims(after, said), partsOf(wordDiff(before, after), "after"));
      expect(segments.map((segment) => segment.text).join("")).toBe(after);
      expect(layersOf(segments).flatMap((layer) => layer.segments.map((segment) => segment.text)).join("")).toBe(after);
      expect(segments.every((segment) => segment.text !== "" || after === "")).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("every claim with a place shows its number once, after its last word", () => {
  fc.assert(
    fc.property(text, claims, (output, said) => {
      const placed = placeClaims(output, said);
      const shown = layersOf(segmentsOf(output, placed, [])).flatMap((layer) => layer.segments.flatMap((segment) => segment.ends));
      const expected = placed.filter((claim) => claim.number !== null && claim.start !== null);
      expect(shown.map((claim) => claim.number).toSorted()).toEqual(expected.map((claim) => claim.number).toSorted());
    }),
  );
});

test("offsets of the server count characters, so an emoji before the claim does not move it", () => {
  const output = "👍👍 within 24 hours";
  const [claim] = placeClaims(output, [{ text: "", verdict: "contradicted", quote: "within 24 hours", start: 3, end: 18 }]);
  expect(output.slice(claim?.start ?? 0, claim?.end ?? 0)).toBe("within 24 hours");
  const [bare] = placeClaims(output, [{ text: "", verdict: "contradicted", start: 3, end: 18 }]);
  expect(output.slice(bare?.start ?? 0, bare?.end ?? 0)).toBe("within 24 hours");
});

const place = (quote: string, start: number | null = null) =>
  placeClaims("One day. It takes one\n day.", [{ text: "", verdict: "not_found", quote, start, end: start === null ? null : start + 3 }])[0]?.start;

test("without offsets the quote is looked for, also with other case and spaces, and the nearest place wins", () => {
  expect(place("One day")).toBe(0);
  expect(place("one day", 20)).toBe(18);
  expect(place("ONE   DAY", 25)).toBe(18);
  expect(place("two days")).toBeNull();
  expect(place("(one [day")).toBeNull();
});

test("of two claims on the same words the worse is drawn, and a contradicted one stands outside the difference", () => {
  const output = "It is free today";
  const placed = placeClaims(output, [
    { text: "", verdict: "supported", start: 0, end: 16 },
    { text: "", verdict: "contradicted", start: 6, end: 10 },
  ]);
  const layers = layersOf(segmentsOf(output, placed, [{ op: "insert", text: output }]));
  expect(layers.map((layer) => [layer.op, layer.segments.map((segment) => segment.text).join("")])).toEqual([
    ["insert", "It is "],
    ["equal", "free"],
    ["insert", " today"],
  ]);
  expect(placed.map((claim) => claim.number)).toEqual([null, 1]);
});

test("a quote of a source is told with the heading it stands under, else with its line", () => {
  expect(placeIn("# Returns §3\nText.\nWithin 14 days.", "Within 14 days")).toBe("Returns §3");
  expect(placeIn("Text.\nWithin 14 days.", "Within 14 days")).toBe("line 2");
  expect(placeIn("Text.", "Within 14 days")).toBeNull();
});
