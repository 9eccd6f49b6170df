import { useOwn } from "@/features/session/use-own";
import { type Keyed, arranged, hiddenOf, moved, readArrangement, toggled } from "./columns";

/** The columns of a list as this person wants them: in the table, and in the menu that changes them. */
export function useColumns<C extends Keyed>(list: string, columns: readonly C[]) {
  const [kept, change] = useOwn(`columns.${list}`, readArrangement);
  const all = arranged(columns, kept);
  const order = all.map(({ key }) => key);
  const hidden = hiddenOf(columns, kept);
  return {
    all,
    shown: all.filter(({ key }) => !hidden.includes(key)),
    toggle: (key: string) => change((old) => ({ order, hidden: toggled(hiddenOf(columns, old), key) })),
    move: (key: string, step: -1 | 1) => change((old) => ({ order: moved(order, key, step), hidden: hiddenOf(columns, old) })),
    reset: () => change(() => ({ order: [], hidden: [] })),
  };
}
