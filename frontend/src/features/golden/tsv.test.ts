import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTsv, toTsv } from "./tsv";

test("cells, lines of either ending and a last line break are read as a spreadsheet means them", () => {
  expect(parseTsv("a\tb\r\nc\td\r\n")).toEqual([["a", "b"], ["c", "d"]]);
  expect(parseTsv("a\t\n\tb")).toEqual([["a", ""], ["", "b"]]);
  expect(parseTsv("")).toEqual([]);
});

test("a cell in quotes keeps its tabs, lines and quotes", () => {
  expect(parseTsv('"two\nlines\tand ""quotes"""\tnext')).toEqual([['two\nlines\tand "quotes"', "next"]]);
});

test("a quote that closes nothing is a character of the text", () => {
  expect(parseTsv('5" screen\t"half\nlast')).toEqual([['5" screen', '"half'], ["last"]]);
  expect(parseTsv('"so" he said\tx')).toEqual([['"so" he said', "x"]]);
});

test("whatever is copied is pasted back as it was", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "\t", "\n", "\r", '"', " ", "é", "=") });
  const width = fc.integer({ min: 2, max: 4 });
  const rows = width.chain((size) => fc.array(fc.array(cell, { minLength: size, maxLength: size }), { minLength: 1, maxLength: 5 }));
  fc.assert(fc.property(rows, (table) => {
    expect(parseTsv(toTsv(table))).toEqual(table);
  }));
});
