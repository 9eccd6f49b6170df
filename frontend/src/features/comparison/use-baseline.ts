import { useNavigate } from "@tanstack/react-router";
import { named } from "./sides";
import type { Compared } from "./use-comparison";

/** Puts one side in the baseline's place; all others are held against it, and the open case stays open. */
export function useSetBaseline({ table }: Compared): (index: number) => void {
  const navigate = useNavigate({ from: "/compare" });
  return (index) => {
    const base = table.sides[index];
    if (!base || index === 0) return;
    const others = table.sides.filter((_, other) => other !== index);
    void navigate({
      search: ({ metric, tag, q, case: open }) => ({ base: named(base), with: others.map(named), metric, tag, q, case: open }),
      resetScroll: false,
    });
  };
}
