/** Where the tags of a template stand. Only what is needed to draw and to look over; the server decides what is valid. */

export type TemplateFormat = "jinja2" | "fstring";

export interface TemplateSpan {
  kind: "value" | "statement" | "comment";
  start: number;
  end: number;
  /** Between the delimiters. */
  inner: string;
  innerStart: number;
  closed: boolean;
}

export function templateSpans(text: string, format: TemplateFormat): TemplateSpan[] {
  return format === "jinja2" ? jinjaSpans(text) : braceSpans(text);
}

const KIND = { "{{": "value", "{%": "statement", "{#": "comment" } as const;
const CLOSER = { "{{": "}}", "{%": "%}", "{#": "#}" } as const;

function jinjaSpans(text: string): TemplateSpan[] {
  const spans: TemplateSpan[] = [];
  const opener = /\{\{|\{%|\{#/g;
  for (let found = opener.exec(text); found; found = opener.exec(text)) {
    const tag = found[0] as keyof typeof KIND;
    const start = found.index;
    const close = tag === "{#" ? text.indexOf("#}", start + 2) : closing(text, start + 2, CLOSER[tag]);
    const closed = close >= 0;
    const lineEnd = text.indexOf("\n", start);
    const end = closed ? close + 2 : lineEnd < 0 ? text.length : lineEnd;
    const inner = text.slice(start + 2, closed ? close : end);
    spans.push({ kind: KIND[tag], start, end, inner, innerStart: start + 2, closed });
    opener.lastIndex = end;
    if (closed && tag === "{%" && /^[-+]?\s*raw\s*[-+]?$/.test(inner)) {
      const rest = text.slice(end).search(/\{%[-+]?\s*endraw\s*[-+]?%\}/);
      opener.lastIndex = rest < 0 ? text.length : end + rest;
    }
  }
  return spans;
}

/** Where the tag ends: not in a string, not in a bracket of its own; -1 when another tag begins before. */
function closing(text: string, from: number, closer: string): number {
  let depth = 0;
  for (let i = from; i < text.length; i += 1) {
    const character = text[i] ?? "";
    if (depth === 0 && text.startsWith(closer, i)) return i;
    if (character === "'" || character === '"') {
      i = stringEnd(text, i, character);
      if (i < 0) return -1;
    } else if ("([{".includes(character)) {
      if (/^\{[{%#]/.test(text.slice(i, i + 2))) return -1;
      depth += 1;
    } else if (")]}".includes(character)) depth = Math.max(0, depth - 1);
  }
  return -1;
}

function stringEnd(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === quote) return i;
  }
  return -1;
}

/** `{name}`; `{{` and `}}` are braces. A brace that stands alone is a tag nobody closed. */
function braceSpans(text: string): TemplateSpan[] {
  return Array.from(text.matchAll(/\{\{|\}\}|\{([^{}\n]*)\}|[{}]/g)).flatMap((found): TemplateSpan[] => {
    if (found[0] === "{{" || found[0] === "}}") return [];
    const [start, inner] = [found.index, found[1] ?? ""];
    return [{ kind: "value", start, end: start + found[0].length, inner, innerStart: start + 1, closed: found[1] !== undefined }];
  });
}
