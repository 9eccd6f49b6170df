import fc from "fast-check";
import { expect, test } from "vitest";
import { lintTemplate } from "@/components/editor/template-lint";
import { BLANK, otherChanges, partsOf, sameContent, toMessages } from "./content";
import { importText, nameFrom } from "./import-text";
import { hunksOf } from "./local-diff";
import { NAME_RULE } from "./new-prompt-fields";
import { STARTERS } from "./starters";

const lines = fc.array(fc.constantFrom("one", "two", "three {{ x }}", ""), { maxLength: 8 }).map((all) => all.join("\n"));

test("the hunks of a draft give back both texts, and number their lines from 1 without gaps", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const words = hunksOf(before, after).flatMap((hunk) => hunk.lines.flatMap((line) => line.words));
      const side = (missing: string) => words.filter((word) => word.op !== missing).map((word) => word.text).join("");
      expect([side("insert"), side("delete")]).toEqual([before, after]);
    }),
  );
});

test("two orders of the same parameters are the same version", () => {
  const one = { ...BLANK, parameters: { temperature: 0, seed: 7 } };
  const other = { ...BLANK, parameters: { seed: 7, temperature: 0 } };
  expect(sameContent(one, other)).toBe(true);
  expect(otherChanges(one, { ...other, parameters: { seed: 8 } })).toEqual([
    { name: "temperature", before: "0", after: null },
    { name: "seed", before: "7", after: "8" },
  ]);
});

test("a text becomes one user message", () => {
  expect(toMessages({ ...BLANK, template: "Hi" })).toMatchObject({ template: null, messages: [{ role: "user", content: "Hi" }] });
});

test("a JSON list of messages is imported as messages, anything else as the text it is", () => {
  expect(importText('[{"role": "system", "content": "Be kind"}]')).toEqual({ messages: [{ role: "system", content: "Be kind" }] });
  expect(importText('\uFEFFone\r\ntwo')).toEqual({ template: "one\ntwo" });
  expect(importText('[{"role": "wizard", "content": "x"}]')).toHaveProperty("template");
  expect(nameFrom("Refund answer (v2).j2")).toMatch(NAME_RULE);
});

test("there are ten starters with an allowed name, and each of their five examples says how it is graded", () => {
  expect(new Set(STARTERS.map(({ name }) => name))).toHaveLength(10);
  for (const { name, content, rubric, examples } of STARTERS) {
    const read = new Set(partsOf({ ...BLANK, ...content }).flatMap((part) => lintTemplate(part.content).variables));
    expect(name).toMatch(NAME_RULE);
    expect(examples).toHaveLength(5);
    for (const example of examples) {
      expect(new Set(Object.keys(example.input_data))).toEqual(read);
      expect(example.criteria.split("\n").slice(0, rubric.length)).toEqual(rubric);
      expect(example.criteria.split("\n").length).toBeGreaterThan(rubric.length);
    }
  }
});

test("what a starter's answers have to keep to is the context of its examples", () => {
  const summary = STARTERS.find(({ name }) => name === "text/summary");
  const triage = STARTERS.find(({ name }) => name === "inbox/triage");
  expect(summary?.examples.map(({ context }) => context)).toEqual(summary?.examples.map(({ input_data }) => input_data.text));
  expect(triage?.examples.filter((example) => "context" in example)).toEqual([]);
  expect(triage?.content.response_schema).toMatchObject({ required: ["category", "urgent"] });
});
