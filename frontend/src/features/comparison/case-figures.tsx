import { MISSING, decimal, duration, money } from "@/lib/format";
import type { Repeat } from "./api";
import type { Case } from "./cases";

interface CaseFiguresProps {
  one: Case;
  side: number;
  base: Repeat | undefined;
  candidate: Repeat | undefined;
  repeats: readonly Repeat[];
}

const tokens = (repeat: Repeat | undefined) => (repeat ? String(repeat.tokens_out) : MISSING);
const latency = (ms: number | null | undefined) => (ms === null || ms === undefined ? MISSING : duration(ms));
const cost = (amount: string | null | undefined) => (amount === undefined ? MISSING : money(amount));

/** Repeats and their spread, time, tokens, money: the baseline's first. */
export function CaseFigures({ one, side, base, candidate, repeats }: CaseFiguresProps) {
  const [before, after] = [one.cells[0], one.cells[side]];
  const scores = repeats.map((repeat) => (repeat.score === null ? MISSING : decimal(repeat.score))).join(", ");
  const spread = after?.spread ?? null;
  return (
    <section className="inspector__section" aria-label="Repeats, time and cost">
      <dl className="kv kv--two">
        <dt>Repeats</dt>
        <dd>
          {scores || MISSING}{" "}
          <span className="n">
            (K={repeats.length}
            {spread !== null && `, spread ${decimal(spread)}`})
          </span>
        </dd>
        <dt>Latency</dt>
        <dd>
          {latency(before?.latencyMs)} → {latency(after?.latencyMs)}
        </dd>
        <dt>Tokens out</dt>
        <dd>
          {tokens(base)} → {tokens(candidate)}
        </dd>
        <dt>Cost</dt>
        <dd>
          {cost(before?.costUsd)} → {cost(after?.costUsd)}
        </dd>
      </dl>
    </section>
  );
}
