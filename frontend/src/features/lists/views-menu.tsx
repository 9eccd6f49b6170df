import { Bookmark } from "lucide-react";
import { lazy } from "react";
import type { RawSearch } from "@/lib/search-params";
import { LateMenu } from "./late-menu";

const SavedViews = lazy(async () => ({ default: (await import("./saved-views")).SavedViews }));

export interface ViewsMenuProps {
  /** The page's name in what is kept. */
  page: string;
  /** What the page is asked for now, without the place in the list and without what is chosen in it. */
  filters: object;
  onOpen: (search: RawSearch) => void;
}

/** Filters that somebody comes back to, under names of their own. */
export function ViewsMenu(props: ViewsMenuProps) {
  return (
    <LateMenu name="Views" icon={<Bookmark className="icon" aria-hidden="true" />}>
      {(trigger) => <SavedViews {...props} trigger={trigger} />}
    </LateMenu>
  );
}
