import fc from "fast-check";
import { expect, test } from "vitest";
import { isState } from "./read-state";
import { BLANK, type Column, type ColumnContent, type PlaygroundState, SCRATCH } from "./state";
import { asPython } from "./snippets";
import { trialOf } from "./trial";
import { filledFrom } from "./use-examples";
import { namesIn, sharedVariables, valueIn, valuesFor, withValue } from "./variables";

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\r\n", "\ud83d", "\u2028{{ a }}", "__proto__", "constructor", "</script>"));
const role = fc.constantFrom("system", "user", "assistant");
const parameters = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
    max_tokens: fc.integer({ min: 1, max: 200_000 }),
    seed: fc.maxSafeNat(),
    stop: fc.array(text, { maxLength: 8 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const content: fc.Arbitrary<ColumnContent> = fc
  .record({
    texts: fc.oneof(text, fc.array(fc.record({ role, content: text }, { noNullPrototype: true }), { minLength: 1, maxLength: 5 })),
    template_format: fc.constantFrom("jinja2", "fstring"),
    model: fc.option(text),
    parameters,
    schema: fc.oneof(text, fc.json()),
  })
  .map(({ texts, ...rest }) => ({ ...(typeof texts === "string" ? { template: texts, messages: null } : { template: null, messages: texts }), ...rest }) as ColumnContent);
const source = fc.option(fc.record({ prompt_id: fc.uuid(), prompt_name: text, version_id: fc.uuid(), number: fc.nat(), content }, { noNullPrototype: true }));
const columns: fc.Arbitrary<Column[]> = fc
  .array(fc.record({ source, content }, { noNullPrototype: true }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map((column, index) => ({ id: String(index), ...column })));
const state: fc.Arbitrary<PlaygroundState> = fc.record(
  {
    version: fc.constant(1 as const),
    columns,
    variables: fc.array(fc.tuple(text, fc.record({ text, json: fc.boolean() }, { noNullPrototype: true }))).map((pairs) => Object.fromEntries(pairs)),
    expected: text,
    context: text,
    example: fc.option(
      fc.record({ id: fc.uuid(), prompt_id: fc.uuid(), position: fc.option(fc.nat()), total: fc.option(fc.nat()), names: fc.array(text) }, { noNullPrototype: true }),
    ),
    evaluators: fc.array(text),
    repeats: fc.integer({ min: 1, max: 10 }),
  },
  { noNullPrototype: true },
);

test("what stands in the playground comes back from JSON as it was, byte for byte", () => {
  fc.assert(
    fc.property(state, (before) => {
      const sent = JSON.stringify(before);
      const after: unknown = JSON.parse(sent);
      expect(isState(after)).toBe(true);
      expect(after).toEqual(before);
      expect(JSON.stringify(after)).toBe(sent);
    }),
  );
});

test("JSON that is no state of the playground is told apart, whatever it is", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => !isState(value)));
  const first = BLANK.columns[0];
  expect(isState({ ...BLANK, columns: [first, first] })).toBe(false);
  expect(isState({ ...BLANK, columns: [{ ...first, content: { ...SCRATCH, template: null } }] })).toBe(false);
});

test("a value is found under its own name only, also under names every object has", () => {
  fc.assert(
    fc.property(state, text, text, ({ variables }, name, value) => {
      const put = withValue(variables, name, { text: value, json: false });
      expect(valueIn(put, name)?.text).toBe(value);
      expect(valueIn(withValue(put, name, undefined), name)).toBeUndefined();
    }),
  );
  expect(valueIn({}, "constructor")).toBeUndefined();
});

const asking = (template: string): ColumnContent => ({ ...SCRATCH, template });

test("a column is sent what it reads and nothing else; what it can do without is not missing", () => {
  const content = asking("{{ question }} {{ tone | default('calm') }} {{ articles }}");
  expect([...namesIn(content)]).toEqual([
    ["question", true],
    ["tone", false],
    ["articles", true],
  ]);
  const variables = { question: { text: "Why?", json: false }, other: { text: "x", json: false }, articles: { text: "[1", json: true } };
  expect(valuesFor(content, variables)).toEqual({ values: { question: "Why?" }, missing: [], broken: ["articles"] });
  expect(valuesFor(content, {}).missing).toEqual(["question", "articles"]);
});

test("the panel has one field for each name, with the columns that read it", () => {
  const columns = [asking("{{ a }} {{ b }}"), asking("{{ b }}")].map((content, index) => ({ id: String(index), source: null, content }));
  expect(sharedVariables(columns)).toEqual([
    { name: "a", readBy: ["A"] },
    { name: "b", readBy: ["A", "B"] },
  ]);
});

test("the next example takes away what the one before had filled in, and leaves what was typed", () => {
  const one = { id: "1", prompt_id: "p", input_data: { a: "1", b: ["x"] }, expected_output: "e", context: null };
  const typed = { ...BLANK, variables: { own: { text: "kept", json: false } } };
  const first = filledFrom(typed, one, 1, 2);
  expect(first.variables.b).toEqual({ text: '[\n  "x"\n]', json: true });
  const second = filledFrom(first, { ...one, id: "2", input_data: { a: "" }, expected_output: null }, 2, 2);
  expect(second.variables).toEqual({ own: { text: "kept", json: false }, a: { text: "", json: false } });
  expect(second.expected).toBe("");
});

test("a copied Python program holds the trial as Python writes it", () => {
  const content = { ...asking('say "hi"\n{{ a }}'), schema: '{"type": "object", "additionalProperties": false}', parameters: { temperature: 0, stop: ["x", ""] } };
  const program = asPython(trialOf(content, { ...BLANK, variables: { a: { text: "null", json: true } } }), "https://llmops.example.org");
  expect(program).toContain(String.raw`"template": "say \"hi\"\n{{ a }}"`);
  expect(program).toContain('"additionalProperties": False');
  expect(program).toContain('"a": None');
  expect(program).toContain('"stop": [\n            "x",\n        ]');
});
