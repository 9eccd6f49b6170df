import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { THEMES, setTheme, useTheme } from "@/lib/theme";
import { PLACES } from "./places";
import { searchOptions } from "./search-api";

interface CommandPaletteProps {
  onClose: () => void;
  onKeys: () => void;
}

interface Action {
  name: string;
  hint?: string;
  run: () => void;
}

function useActions(onKeys: () => void): Action[] {
  const navigate = useNavigate();
  const theme = useTheme();
  return [
    { name: "New experiment", run: () => void navigate({ to: "/experiments/new" }) },
    { name: "New prompt", run: () => void navigate({ to: "/prompts", search: { new: "blank" } }) },
    {
      name: "Toggle theme",
      hint: theme,
      run: () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system"),
    },
    {
      name: "Copy link to this page",
      run: () => void navigator.clipboard.writeText(window.location.href).then(() => toast("Link copied.")),
    },
    { name: "Keyboard shortcuts", hint: "?", run: onKeys },
  ];
}

export function CommandPalette({ onClose, onKeys }: CommandPaletteProps) {
  const element = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed);
  const found = useQuery(searchOptions(query));
  const actions = useActions(onKeys);
  const router = useRouter();

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

  const matches = (name: string) => name.toLowerCase().includes(query.trim().toLowerCase());
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };

  return (
    // a click on the backdrop lands on the dialog itself; keyboards have Escape
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={element}
      className="modal palette"
      aria-label="Search or run a command"
      onCancel={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <Command shouldFilter={false} label="Search or run a command" loop>
        <Command.Input className="palette__input" value={typed} onValueChange={setTyped} placeholder="Search prompts, experiments, pages, actions" />
        <Command.List className="palette__list">
          <Command.Empty className="palette__empty">
            {found.isError ? found.error.detail : "Nothing is called that."}
          </Command.Empty>
          {query.trim() !== "" && (found.data?.items ?? []).length > 0 && (
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
