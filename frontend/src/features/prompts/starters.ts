import type { Content, Message } from "./content";
import actionItems from "./starters/action-items.json";
import compareAnswers from "./starters/compare-answers.json";
import extraction from "./starters/extraction.json";
import groundedAnswer from "./starters/grounded-answer.json";
import plainLanguage from "./starters/plain-language.json";
import sql from "./starters/sql.json";
import summary from "./starters/summary.json";
import supportAnswer from "./starters/support-answer.json";
import translation from "./starters/translation.json";
import triage from "./starters/triage.json";

export interface StarterExample {
  input_data: Record<string, string>;
  expected_output: string;
  context?: string;
  /** The starter's rubric and what this example adds to it, one criterion a line. */
  criteria: string;
}

interface Starter {
  title: string;
  about: string;
  name: string;
  tags: string[];
  rubric: string[];
  /** Those that suit it, by name. */
  evaluators: string[];
  content: Partial<Content>;
  examples: StarterExample[];
}

/** A starter as its file has it; `grounded_in` is the variable that answers have to keep to. */
interface Written extends Omit<Starter, "content" | "examples"> {
  template?: string;
  messages?: { role: string; content: string }[];
  response_schema?: object;
  grounded_in?: string;
  examples: { input_data: object; expected_output: string; criteria: string[] }[];
}

function read({ template, messages, response_schema, grounded_in = "", examples, ...starter }: Written): Starter {
  return {
    ...starter,
    content: {
      ...(messages ? { messages: messages as Message[] } : { template: template ?? "" }),
      ...(response_schema && { response_schema: response_schema as NonNullable<Content["response_schema"]> }),
    },
    examples: examples.map(({ input_data, expected_output, criteria }) => {
      const inputs = input_data as Record<string, string>;
      const context = inputs[grounded_in];
      return { input_data: inputs, expected_output, ...(context && { context }), criteria: [...starter.rubric, ...criteria].join("\n") };
    }),
  };
}

export const STARTERS: readonly Starter[] = [
  supportAnswer,
  summary,
  triage,
  extraction,
  translation,
  plainLanguage,
  sql,
  groundedAnswer,
  actionItems,
  compareAnswers,
].map(read);
