import { Dialog } from "@/components/ui/dialog";
import { modKey } from "@/lib/shortcuts";
import { PLACES } from "./places";

const GROUPS: readonly { name: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    name: "Everywhere",
    keys: [
      [`${modKey}K`, "Search or run a command"],
      ["/", "Search"],
      ["?", "This sheet"],
      ["Esc", "Close what is open"],
    ],
  },
  { name: "Go to", keys: PLACES.map((place) => [`g ${place.key}`, place.name] as const) },
  {
    name: "Lists and cases",
    keys: [
      ["j k", "Next and previous row"],
      ["x", "Select the row"],
      ["Enter", "Open"],
      ["[ ]", "Previous and next case"],
      ["e", "Add the open run as example"],
      ["d", "Difference on and off"],
      ["r", "Only regressions"],
      ["b", "The other as baseline"],
    ],
  },
  {
    name: "Editing",
    keys: [
      [`${modKey}↵`, "Run"],
      [`⇧${modKey}↵`, "Run this column"],
      [`${modKey}S`, "Save"],
    ],
  },
  {
    name: "Review",
    keys: [
      ["1 … 5", "Give a grade"],
      ["y n", "Yes, no"],
      ["c", "Comment"],
      ["s", "Skip"],
      ["u", "Undo"],
      ["e", "Edit the example"],
      ["Enter", "Complete and go on"],
    ],
  },
];

export function KeyboardSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div className="keys">
        {GROUPS.map((group) => (
          <section key={group.name} className="stack">
            <h3>{group.name}</h3>
            <dl className="kv">
              {group.keys.map(([key, what]) => (
                <div key={key} className="row">
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="small t3">Single letters rest while you type. Settings, Profile switches them off.</p>
    </Dialog>
  );
}
