import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { isDay } from "./filters";
import type { Window } from "./window";
import { dayOf } from "./zone";

const MOST_DAYS = 399;
const DAY_MS = 86_400_000;

function problemOf(from: string, to: string): string | null {
  if (!isDay(from) || !isDay(to)) return "Choose a first and a last day.";
  if (from > to) return "The first day lies after the last.";
  return Date.parse(to) - Date.parse(from) >= MOST_DAYS * DAY_MS ? `A window has at most ${MOST_DAYS} days.` : null;
}

interface DateRangeProps {
  window: Window;
  zone: string;
  onChange: (days: { from: string; to: string }) => void;
}

/** First and last day, both counted in. */
export function DateRange({ window, zone, onChange }: DateRangeProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = [String(form.get("from") ?? ""), String(form.get("to") ?? "")];
    const found = problemOf(from, to);
    setProblem(found);
    if (found === null) onChange({ from, to });
  };
  return (
    <form className="row wrap" onSubmit={apply} noValidate>
      <input className="input input--small" type="date" name="from" aria-label="First day" defaultValue={dayOf(Date.parse(window.from), zone)} />
      <span aria-hidden="true">…</span>
      <input className="input input--small" type="date" name="to" aria-label="Last day" defaultValue={dayOf(Date.parse(window.to) - 1, zone)} />
      <Button type="submit" small>
        Show
      </Button>
      {problem && (
        <span className="field__error" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
