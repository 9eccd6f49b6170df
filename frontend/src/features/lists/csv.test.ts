import { expect, test } from "vitest";
import { csvOf } from "./csv";

test("fields inside fields get columns of their own, and what a row lacks is an empty cell", () => {
  const rows = [
    { name: "a", score: null, tags: ["x", "y"] },
    { name: "b", score: { value: 0.5, n: 3 }, tags: [] },
  ];

  expect(csvOf(rows)).toBe('"name","tags","score.value","score.n"\r\n"a","x; y","",""\r\n"b","","0.5","3"\r\n');
});

test("a text that a spreadsheet would run stays a text, and a negative number a number", () => {
  expect(csvOf([{ text: '=HYPERLINK("x")', change: -0.5 }])).toBe('"text","change"\r\n"\'=HYPERLINK(""x"")","-0.5"\r\n');
});
