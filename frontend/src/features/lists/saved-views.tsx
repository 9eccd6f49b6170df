import { Check, Trash2 } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Menu, MenuItem, MenuLine, MenuRow } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { type RawSearch, parseSearch } from "@/lib/search-params";
import { SaveView } from "./save-view";
import { useViews } from "./use-views";
import { addressOf } from "./views";

export interface ListedViews {
  /** The page's name in what is kept. */
  page: string;
  /** What the page is asked for now, without the place in the list and without what is chosen in it. */
  filters: object;
  onOpen: (search: RawSearch) => void;
}

export function SavedViews({ page, filters, onOpen, trigger }: ListedViews & { trigger: ReactElement }) {
  const { views, save, remove } = useViews(page);
  const [isSaving, setSaving] = useState(false);
  const here = addressOf(filters);
  return (
    <>
      <Menu trigger={trigger} defaultOpen>
        {views.map((view) => (
          <MenuRow key={view.name} label={view.name}>
            <MenuItem onSelect={() => onOpen(parseSearch(view.address))}>
              <span className="cut">{view.name}</span>
              {view.address === here && (
                <>
                  <Check className="icon" aria-hidden="true" />
                  <span className="sr">(shown now)</span>
                </>
              )}
            </MenuItem>
            <MenuItem label={`Delete the view ${view.name}`} onSelect={() => toast(`Deleted the view ${view.name}.`, remove(view))}>
              <Trash2 className="icon" aria-hidden="true" />
            </MenuItem>
          </MenuRow>
        ))}
        {views.length > 0 && <MenuLine />}
        <MenuItem onSelect={() => setSaving(true)}>Save these filters…</MenuItem>
      </Menu>
      {isSaving && (
        <SaveView
          views={views}
          onSave={(name) => {
            save({ name, address: here });
            setSaving(false);
            toast(`Saved the view ${name}.`);
          }}
          onClose={() => setSaving(false)}
        />
      )}
    </>
  );
}
