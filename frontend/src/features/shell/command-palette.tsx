import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { useLeave } from "@/components/ui/use-leave";
import { SECTION_NAMES } from "@/features/accounts/section-names";
import { useMay } from "@/features/session/use-may";
import { useActions } from "./palette-actions";
import { PLACES } from "./places";
import { searchOptions } from "./search-api";

const FOR_ADMINS = ["api-keys", "members", "webhooks", "audit"];
const SETTINGS = Object.entries(SECTION_NAMES).map(([section, name]) => ({ section, name: `Settings: ${name}` }));

interface CommandPaletteProps {
  onClose: () => void;
  onKeys: () => void;
}

export function CommandPalette({ onClose, onKeys }: CommandPaletteProps) {
  const element = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed);
  const found = useQuery(searchOptions(query));
  const actions = useActions(onKeys);
  const isAdmin = useMay("admin");
  const router = useRouter();
  const { listeners } = useLeave({ element, onClose, isKept: true });

  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector("input")?.focus(); // by itself it takes the frame around the field
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const isSearching = query.trim() !== "";
  const matches = (name: string) => name.toLowerCase().includes(query.trim().toLowerCase());
  const settings = SETTINGS.filter(({ section, name }) => isSearching && matches(name) && (isAdmin || !FOR_ADMINS.includes(section)));
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };

  return (
    <dialog
      ref={element}
      className="modal palette"
      aria-label="Search or run a command"
      {...listeners}
    >
      <Command shouldFilter={false} label="Search or run a command" loop>
        <Command.Input className="palette__input" value={typed} onValueChange={setTyped} placeholder="Search prompts, experiments, pages, actions" />
        <Command.List className="palette__list">
          <Command.Empty className="palette__empty">
            {found.isError ? found.error.detail : "Nothing is called that."}
          </Command.Empty>
          {isSearching && (found.data?.items ?? []).length > 0 && (
            <Command.Group heading="Found">
              {found.data?.items.map((item) => (
                <Command.Item key={`${item.kind}-${item.id}`} value={`${item.kind}-${item.id}`} onSelect={choose(() => router.history.push(item.url))}>
                  <span className="palette__kind">{item.kind}</span>
                  <span className="cut">{item.title}</span>
                  <span className="cut t3">{item.detail}</span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Pages">
            {PLACES.filter((place) => matches(place.name)).map((place) => (
              <Command.Item key={place.to} value={place.to} onSelect={choose(() => router.history.push(place.to))}>
                <place.icon className="icon" aria-hidden="true" />
                {place.name}
                <kbd className="push">g {place.key}</kbd>
              </Command.Item>
            ))}
          </Command.Group>
          {settings.length > 0 && (
            <Command.Group heading="Settings">
              {settings.map(({ section, name }) => (
                <Command.Item key={section} value={`/settings/${section}`} onSelect={choose(() => router.history.push(`/settings/${section}`))}>
                  {name}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Actions">
            {actions
              .filter((action) => matches(action.name))
              .map((action) => (
                <Command.Item key={action.name} value={action.name} onSelect={choose(action.run)}>
                  {action.name}
                  {action.hint && <span className="push t3">{action.hint}</span>}
                </Command.Item>
              ))}
          </Command.Group>
        </Command.List>
      </Command>
    </dialog>
  );
}
