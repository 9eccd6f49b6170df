/** The names an expression of a Jinja tag reads. */

export interface Name {
  name: string;
  /** Where it stands in the expression. */
  at: number;
  /** Under `default`, or asked for with `is defined`. */
  asked: boolean;
}

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\d+(?:\.\d+)?|\.\s*[\p{L}_][\p{L}\p{N}_]*|[\p{L}_][\p{L}\p{N}_]*|==|[^\s]/gsu;
const WORD = /^[\p{L}_]/u;
const KEYWORDS = new Set(["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "recursive"]);

interface Token {
  text: string;
  at: number;
}

export function namesIn(expression: string): Name[] {
  const tokens = tokensOf(expression);
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1]?.text;
    const plain = WORD.test(token.text) && !KEYWORDS.has(token.text);
    if (!plain || next === "(" || next === "=" || isFilterOrTest(tokens, index)) return [];
    return [{ name: token.text, at: token.at, asked: isAsked(tokens, index) }];
  });
}

export function tokensOf(expression: string): Token[] {
  return Array.from(expression.matchAll(TOKEN), (found) => ({ text: found[0], at: found.index }));
}

function isFilterOrTest(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return before === "|" || before === "is" || (before === "not" && tokens[index - 2]?.text === "is");
}

function isAsked(tokens: readonly Token[], index: number): boolean {
  const [sign, one, two] = [1, 2, 3].map((step) => tokens[index + step]?.text ?? "");
  if (sign === "|") return one === "default" || one === "d";
  return sign === "is" && /^(un)?defined$/.test((one === "not" ? two : one) ?? "");
}
