import { useOwn } from "@/features/session/use-own";
import { type View, putBack, readViews, withView } from "./views";

/** The saved views of one page. */
export function useViews(page: string) {
  const [views, change] = useOwn(`views.${page}`, readViews);
  return {
    views,
    save: (view: View) => change((old) => withView(old, view)),
    /** Returns what undoes it. */
    remove: (view: View) => {
      const at = views.findIndex(({ name }) => name === view.name);
      change((old) => old.filter(({ name }) => name !== view.name));
      return () => change((old) => putBack(old, view, at));
    },
  };
}
