import type { Schemas } from "@/services/http";

type Attention = Schemas["Attention"];

/** The server names at most seven. */
const MOST = 7;
const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven"];

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const word = (n: number) => WORDS[n] ?? String(n);

/** The state of the workspace in a sentence: what got worse, and how much waits. */
export function headingOf(attention: readonly Pick<Attention, "severity">[]): string {
  const worse = attention.filter(({ severity }) => severity === "regression").length;
  const waits = attention.length - worse;
  const least = attention.length >= MOST ? "at least " : "";
  const things = `${least}${word(waits)} ${waits === 1 ? "thing waits" : "things wait"} for you`;
  if (worse === 0) return waits === 0 ? "Nothing got worse, and nothing waits for you" : `Nothing got worse. ${capital(things)}.`;
  const prompts = `${word(worse)} ${worse === 1 ? "prompt" : "prompts"} got worse`;
  return waits === 0 ? capital(`${least}${prompts}`) : `${capital(prompts)}, ${things}`;
}
