import fc from "fast-check";
import { expect, test } from "vitest";
import { flag, oneOf, parseSearch, several, stringifySearch, text, whole } from "./search-params";

const words = fc.string({ minLength: 1 }).filter((word) => !word.includes(",") && word.trim() === word && word !== "");

test("what is written into an address is read back the same", () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.array(words, { minLength: 1 }), (word, number, list) => {
      const raw = parseSearch(stringifySearch({ word, number, list, on: true, nothing: undefined }));
      expect([text(raw, "word"), whole(raw, "number"), several(raw, "list"), flag(raw, "on"), text(raw, "nothing")]).toEqual([
        word,
        number,
        list,
        true,
        undefined,
      ]);
    }),
  );
});

test("an address stays readable", () => {
  expect(stringifySearch({ base: "41:0", with: ["42:1", "43:0"], prompt: "support/answer" })).toBe(
    "?base=41:0&with=42:1,43:0&prompt=support/answer",
  );
  expect(stringifySearch({})).toBe("");
});

test("whatever stands in an address, no reader throws and none returns what is not allowed", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("a", "b"), fc.anything()), (raw) => {
      const chosen = oneOf(raw, "a", ["x", "y"]);
      const number = whole(raw, "b", 1);
      text(raw, "a");
      several(raw, "b");
      flag(raw, "a");
      expect(chosen === undefined || ["x", "y"].includes(chosen)).toBe(true);
      expect(number === undefined || (Number.isInteger(number) && number >= 1)).toBe(true);
    }),
    { examples: [[{ a: [{ toString: 1 }], b: { toString: 1 } }]] }, // what no primitive can be made of
  );
});
