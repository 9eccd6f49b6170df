import { decimal } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { Reason, ReviewItem } from "./api";

/** What a person has chosen so far; `flag` is yes or no, `value` a grade from 0 to 1. */
export interface Answer {
  flag: boolean | null;
  value: number | null;
  comment: string;
}

export const BLANK: Answer = { flag: null, value: null, comment: "" };

export const QUESTIONS: Readonly<Record<ReviewItem["question"], string>> = {
  hallucinated: "Does the answer claim anything its sources do not say?",
  failed: "Does the answer fail?",
  score: "How good is the answer?",
};

export const REASONS: Readonly<Record<Reason, string>> = {
  regression: "passed under the baseline",
  judges_disagree: "two judges disagree",
  judge_unsure: "the judge was unsure",
  random: "drawn at random",
};

export interface Step {
  value: number;
  sign: string;
  word: string;
}

const FIVE: readonly Step[] = [
  { value: 0, sign: "0", word: "wrong" },
  { value: 0.25, sign: "¼", word: "mostly wrong" },
  { value: 0.5, sign: "½", word: "half" },
  { value: 0.75, sign: "¾", word: "small gap" },
  { value: 1, sign: "1", word: "right" },
];

/** The rubric's levels, the worst first, or five steps where there is none. */
export function stepsOf(rubric: Schemas["Rubric"] | null): readonly Step[] {
  const levels = rubric?.levels ?? [];
  if (levels.length < 2) return FIVE;
  return levels.map((word, place) => {
    const value = place / (levels.length - 1);
    return { value, sign: Number.isInteger(value) ? String(value) : decimal(value), word };
  });
}

/** What is sent; null while the question is not answered. An output that fails is worth 0, one that does not is worth 1. */
export function bodyOf(question: ReviewItem["question"], { flag, value, comment }: Answer): Schemas["ReviewAnswer"] | null {
  if (question === "score") return value === null ? null : { value, comment };
  if (flag === null) return null;
  return question === "hallucinated" ? { hallucinated: flag, comment } : { value: flag ? 0 : 1, comment };
}

export function saidOf(question: ReviewItem["question"], { flag, value }: Answer): string {
  if (question === "score") return value === null ? "" : decimal(value);
  return flag === null ? "" : flag ? "yes" : "no";
}

export function judgeSaidOf(question: ReviewItem["question"], judge: Schemas["JudgeSaid"] | null): string {
  if (!judge || judge.score === null) return "no score";
  if (question === "hallucinated" && judge.hallucination !== null) return judge.hallucination ? "yes" : "no";
  return decimal(judge.score);
}

const told = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

export interface Asked {
  /** What is asked: the variable that is called so, else the longest text. */
  title: string;
  variables: readonly { name: string; value: string }[];
}

const TITLE = 160;
const QUESTION = /^(question|query|message|request|prompt|input|user_input)$/i;

export function askedOf(input: ReviewItem["input_data"]): Asked {
  const variables = Object.entries(input).map(([name, value]) => ({ name, value: told(value) }));
  const longest = variables.reduce((best, { value }) => (value.length > best.length ? value : best), "");
  const asked = variables.find(({ name, value }) => QUESTION.test(name) && value.trim() !== "")?.value ?? longest;
  const characters = Array.from(asked.trim().replace(/\s+/g, " "));
  const whole = characters.length <= TITLE;
  const title = whole ? characters.join("") : `${characters.slice(0, TITLE).join("").trimEnd()} …`;
  return { title, variables: whole && variables.length <= 1 ? [] : variables };
}
