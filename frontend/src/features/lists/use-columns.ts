import { useOwn } from "@/features/session/use-own";
import { arranged, moved, readArrangement, toggled } from "./columns";

/** The columns of a list as this person wants them: in the table, and in the menu that changes them. */
export function useColumns<C extends { readonly key: string }>(list: string, columns: readonly C[]) {
  const [kept, change] = useOwn(`columns.${list}`, readArrangement);
  const all = arranged(columns, kept);
  const order = all.map(({ key }) => key);
  return {
    all,
    shown: all.filter(({ key }) => !kept.hidden.includes(key)),
    toggle: (key: string) => change((old) => ({ order, hidden: toggled(old.hidden, key) })),
    move: (key: string, step: -1 | 1) => change((old) => ({ order: moved(order, key, step), hidden: old.hidden })),
    reset: () => change(() => ({ order: [], hidden: [] })),
  };
}
