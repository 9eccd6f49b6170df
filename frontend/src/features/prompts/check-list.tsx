import { Check as Tick, Hourglass, X } from "lucide-react";
import type { Check } from "./gate-refusal";

const LOOK = {
  ok: { Icon: Tick, said: "holds: " },
  no: { Icon: X, said: "fails: " },
  wait: { Icon: Hourglass, said: "not shown yet: " },
};

/** A cross only for what is proven to fail; an hourglass for what is not shown yet. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className="checks">
      {checks.map(({ state, name, words, evidence }) => {
        const { Icon, said } = LOOK[state];
        return (
          <li key={`${name} ${words}`}>
            <span className={state}>
              <Icon className="icon" aria-hidden="true" />
              <span className="sr">{said}</span>
            </span>
            <span>
              <b>{name}</b> {words}
            </span>
            <span className="n">{evidence}</span>
          </li>
        );
      })}
    </ul>
  );
}
