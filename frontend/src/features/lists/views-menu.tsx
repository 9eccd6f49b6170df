import { Bookmark } from "lucide-react";
import { lazy } from "react";
import { LateMenu } from "./late-menu";
import type { ListedViews } from "./saved-views";

const SavedViews = lazy(async () => ({ default: (await import("./saved-views")).SavedViews }));

/** Filters that somebody comes back to, under names of their own. */
export function ViewsMenu(props: ListedViews) {
  return (
    <LateMenu name="Views" icon={<Bookmark className="icon" aria-hidden="true" />}>
      {(trigger) => <SavedViews {...props} trigger={trigger} />}
    </LateMenu>
  );
}
