import { type Name, namesIn, tokensOf } from "./template-names";
import { type TemplateFormat, type TemplateSpan, templateSpans } from "./template-spans";

export interface VariableUse {
  name: string;
  from: number;
  to: number;
  /** False where the template itself asks whether it is there. */
  required: boolean;
}

export type ProblemKind = "undefined" | "unclosed-tag" | "unclosed-block" | "stray-end" | "unused";

export interface TemplateProblem {
  kind: ProblemKind;
  /** The variable, or the tag as it stands. */
  name: string;
  from: number;
  to: number;
  /** From 1; 0 for a variable that no line uses. */
  line: number;
}

export interface TemplateLint {
  spans: TemplateSpan[];
  uses: VariableUse[];
  /** Names the template reads, in the order of their first use. */
  variables: string[];
  problems: TemplateProblem[];
}

export interface LintOptions {
  format?: TemplateFormat;
  /** Names that are defined; without them nothing is called undefined or unused. */
  known?: readonly string[] | undefined;
}

export function lintTemplate(text: string, { format = "jinja2", known }: LintOptions = {}): TemplateLint {
  const spans = templateSpans(text, format);
  const problems: TemplateProblem[] = [];
  const lineAt = linesIn(text);
  const report = (kind: ProblemKind, name: string, from: number, to: number) =>
    problems.push({ kind, name, from, to, line: lineAt(from) });
  for (const span of spans) {
    if (!span.closed) report("unclosed-tag", text.slice(span.start, span.end).slice(0, 40), span.start, span.end);
  }
  const uses = format === "jinja2" ? jinjaUses(spans, report) : plainUses(spans);
  const asked = new Set(uses.filter((use) => !use.required).map((use) => use.name));
  const variables = [...new Set(uses.map((use) => use.name))];
  if (known) {
    const defined = new Set(known);
    for (const use of uses) {
      if (!defined.has(use.name) && !asked.has(use.name)) report("undefined", use.name, use.from, use.to);
    }
    for (const name of known) {
      if (!variables.includes(name)) problems.push({ kind: "unused", name, from: 0, to: 0, line: 0 });
    }
  }
  const last = (problem: TemplateProblem) => (problem.kind === "unused" ? Infinity : problem.from);
  problems.sort((one, other) => (last(one) === last(other) ? 0 : last(one) - last(other)));
  return { spans, uses, variables, problems };
}

/** The line of a place, from 1. */
function linesIn(text: string): (place: number) => number {
  const ends = Array.from(text.matchAll(/\n/g), (found) => found.index);
  return (place) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function plainUses(spans: readonly TemplateSpan[]): VariableUse[] {
  return spans
    .filter((span) => span.closed && /^[\p{L}][\p{L}\p{N}_]*$/u.test(span.inner))
    .map((span) => ({ name: span.inner, from: span.innerStart, to: span.innerStart + span.inner.length, required: true }));
}

type Report = (kind: ProblemKind, name: string, from: number, to: number) => void;

interface Block {
  word: string;
  span: TemplateSpan;
  made: Set<string>;
}

function jinjaUses(spans: readonly TemplateSpan[], report: Report): VariableUse[] {
  const uses: VariableUse[] = [];
  const blocks: Block[] = [];
  const top = new Set<string>();
  const scope = () => blocks.findLast((block) => block.word === "for")?.made ?? top;
  const read = (names: readonly Name[], offset: number) => {
    for (const { name, at, asked } of names) {
      if (top.has(name) || blocks.some((block) => block.made.has(name))) continue;
      uses.push({ name, from: offset + at, to: offset + at + name.length, required: !asked });
    }
  };
  for (const span of spans) {
    if (span.kind === "comment" || !span.closed) continue;
    const tokens = tokensOf(span.inner.replace(/^[-+]/, " "));
    const word = span.kind === "statement" ? (tokens[0]?.text ?? "") : "";
    const rest = word ? (tokens[0]?.at ?? 0) + word.length : 0;
    const expression = span.inner.slice(rest).replace(/[-+]$/, "");
    const offset = span.innerStart + rest;
    if (word === "for") {
      const { made, iterated, at, condition, conditionAt } = loopOf(expression);
      read(namesIn(iterated), offset + at);
      blocks.push({ word, span, made: new Set([...made, "loop"]) });
      read(namesIn(condition), offset + conditionAt);
    } else if (word === "set") {
      const sign = expression.search(/=(?!=)/);
      read(namesIn(expression.slice(sign + 1)), offset + sign + 1);
      if (sign >= 0) for (const { name } of namesIn(expression.slice(0, sign))) scope().add(name);
    } else if (word === "endif" || word === "endfor") {
      if (blocks.at(-1)?.word === word.slice(3)) blocks.pop();
      else report("stray-end", `{% ${word} %}`, span.start, span.end);
    } else if (word !== "raw" && word !== "endraw") {
      read(namesIn(expression), offset);
      if (word === "if") blocks.push({ word, span, made: new Set() });
    }
  }
  for (const { word, span } of blocks) report("unclosed-block", `{% ${word} %}`, span.start, span.end);
  return uses;
}

function loopOf(expression: string) {
  const tokens = tokensOf(expression);
  const into = tokens.findIndex((token) => token.text === "in");
  const filter = tokens.findIndex((token, index) => index > into && token.text === "if");
  const at = into < 0 ? expression.length : (tokens[into]?.at ?? 0) + 2;
  const conditionAt = filter < 0 ? expression.length : (tokens[filter]?.at ?? 0) + 2;
  return {
    made: namesIn(expression.slice(0, at)).map(({ name }) => name),
    iterated: expression.slice(at, filter < 0 ? undefined : conditionAt - 2),
    at,
    condition: expression.slice(conditionAt),
    conditionAt,
  };
}

/** About what a model counts: four letters a token, and one for each sign of a script without spaces. */
export function tokenEstimate(text: string): number {
  const single = text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g)?.length ?? 0;
  return single + Math.ceil((text.length - single) / 4);
}
