import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { Segmented } from "@/components/ui/segmented";
import { setSingleKeys, singleKeysOn } from "@/lib/shortcuts";
import { setTheme, useTheme } from "@/lib/theme";

const THEME_NAMES = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

/** Kept in this browser: another one may want it otherwise. */
export function Appearance() {
  const theme = useTheme();
  const [isOn, setOn] = useState(singleKeysOn);
  return (
    <Panel title="This browser" foot="Both are kept in this browser only.">
      <div className="stack">
        <div className="row wrap">
          <span className="field__label">Theme</span>
          <Segmented label="Theme" options={THEME_NAMES} value={theme} onChange={setTheme} />
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => {
              setSingleKeys(event.target.checked);
              setOn(event.target.checked);
            }}
          />
          <span>
            Single-key shortcuts <span className="t3">such as j, k and d; keys with ⌘ or Ctrl always work</span>
          </span>
        </label>
      </div>
    </Panel>
  );
}
