import fc from "fast-check";
import { expect, test } from "vitest";
import { changedLines } from "./changed-lines";
import { lintTemplate, tokenEstimate } from "./template-lint";
import { templateSpans } from "./template-spans";

const names = (text: string) => lintTemplate(text).variables;
const problems = (text: string, known?: string[]) =>
  lintTemplate(text, { known }).problems.map(({ kind, name, line }) => `${line} ${kind} ${name}`);

test("the variables of a template are those its author has to give", () => {
  expect(names("{{ question }} {{ user.name|upper }} {{ items[key] }}")).toEqual(["question", "user", "items", "key"]);
  expect(names("{% for a in articles if a.on %}{{ loop.index }} {{ a.title }}{% endfor %}{{ a }}")).toEqual(["articles", "a"]);
  expect(names("{% set x = y ~ 'z' %}{{ x }}{% for i in range(n) %}{{ i }}{% endfor %}")).toEqual(["y", "n"]);
  expect(names("{{ a if b is not none and not c else \"d}}\" }} {# e #}")).toEqual(["a", "b", "c"]);
  expect(names('{{ {"k": {"v": w}}["k"] }} {% raw %}{{ no }}{% endraw %} {{- q -}}')).toEqual(["w", "q"]);
  expect(names("{{ total|round(precision=2) == 5 }}")).toEqual(["total"]);
});

test("an undefined, an unused and an optional variable are told apart, each at its line", () => {
  expect(problems("Hi {{ name }}\nin {{ lang }}", ["name", "tone"])).toEqual(["2 undefined lang", "0 unused tone"]);
  expect(problems("{{ lang|default('en') }} {% if tone is defined %}{{ tone }}{% endif %}", [])).toEqual([]);
  expect(problems("{{ name }}")).toEqual([]);
});

test("a tag or a block that nobody closes is found, and so is an end without a beginning", () => {
  expect(problems("a\n{{ name\nb {{ c }}")).toEqual(["2 unclosed-tag {{ name"]);
  expect(problems("{% if a %}{% for b in c %}{% endif %}")).toEqual([
    "1 unclosed-block {% if %}",
    "1 unclosed-block {% for %}",
    "1 stray-end {% endif %}",
  ]);
  expect(problems("{# never")).toEqual(["1 unclosed-tag {# never"]);
});

test("format strings know names in braces and doubled braces", () => {
  const lint = lintTemplate('{question} {{"a": 1}} {', { format: "fstring", known: ["question"] });
  expect(lint.variables).toEqual(["question"]);
  expect(lint.problems.map(({ kind, from }) => [kind, from])).toEqual([["unclosed-tag", 22]]);
});

test("spans lie inside the text, in order and apart, whatever is typed", () => {
  const piece = fc.constantFrom("{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "'", '"', "raw", "endraw", "for", "in", "a", " ", "\n", "\\", "(", "é", "\ud83d");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom("jinja2" as const, "fstring" as const), (pieces, format) => {
      const text = pieces.join("");
      let end = 0;
      for (const span of templateSpans(text, format)) {
        expect(span.start).toBeGreaterThanOrEqual(end);
        expect(span.end).toBeGreaterThan(span.start);
        end = span.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
      for (const use of lintTemplate(text, { format, known: ["a"] }).uses) expect(text.slice(use.from, use.to)).toBe(use.name);
    }),
    { numRuns: 2_000 },
  );
});

test("changed lines are those the base does not have", () => {
  expect(changedLines("a\nb\nc", "a\nx\nc\nd")).toEqual([1, 3]);
  expect(changedLines("a\nb", "a")).toEqual([]);
  expect(changedLines("", "a")).toEqual([0]);
});

test("tokens are guessed with script in mind", () => {
  expect(tokenEstimate("abcdefgh")).toBe(2);
  expect(tokenEstimate("退款")).toBe(2);
  expect(tokenEstimate("")).toBe(0);
});
