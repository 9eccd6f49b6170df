import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { Segmented } from "@/components/ui/segmented";
import { modelChoicesOptions, promptChoicesOptions } from "./api";
import { DateRange } from "./date-range";
import { type AnalyticsFilters, EVERY, GROUPS, PRESETS, type Preset, SOURCES, SOURCE_NAMES } from "./filters";
import { type Window, mayBeHours } from "./window";
import { dayOf } from "./zone";

type Period = Preset | "dates";

const PERIODS: readonly { value: Period; label: string }[] = [
  ...PRESETS.map((value) => ({ value, label: value.slice(1).replace("h", " h").replace("d", " d") })),
  { value: "dates", label: "Dates" },
];
const GROUP_NAMES = { none: "nothing", prompt: "prompt", model: "model", source: "source", version: "version" } as const;

interface FilterBarProps {
  filters: AnalyticsFilters;
  window: Window;
  zone: string;
  /** Names of prompts that the answer knows, by id. */
  names: ReadonlyMap<string, string>;
  onChange: (filters: AnalyticsFilters) => void;
}

/** All of it stands in the address; what to choose from is asked for when somebody comes near. */
export function FilterBar({ filters, window, zone, names, onChange }: FilterBarProps) {
  const [isNear, setNear] = useState(false);
  const near = () => setNear(true);
  const prompts = useQuery({ ...promptChoicesOptions, enabled: isNear });
  const models = useQuery({ ...modelChoicesOptions, enabled: isNear });
  const set = (change: AnalyticsFilters) => onChange({ ...filters, ...change });
  const choosePeriod = (period: Period) => {
    if (period !== "dates") set({ from: period, to: undefined, interval: undefined });
    else set({ from: dayOf(Date.parse(window.from), zone), to: dayOf(Date.parse(window.to) - 1, zone) });
  };
  const promptChoices = (prompts.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const modelChoices = (models.data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only loads what the selects inside offer
    <div className="bar bar--sticky" role="search" aria-label="Filters" onPointerEnter={near} onFocus={near}>
      <Segmented label="Period" options={PERIODS} value={window.preset ?? "dates"} onChange={choosePeriod} />
      {window.preset === undefined && <DateRange key={`${window.from} ${window.to}`} window={window} zone={zone} onChange={(days) => set({ ...days, interval: undefined })} />}
      <Choice label="Prompt" all="All prompts" value={filters.prompt} choices={promptChoices} nameOf={(id) => names.get(id) ?? "One prompt"} onChange={(prompt) => set({ prompt })} />
      <Choice label="Model" all="All models" value={filters.model} choices={modelChoices} nameOf={(name) => name} onChange={(model) => set({ model })} />
      <Choice
        label="Source"
        all="All sources"
        value={filters.source}
        choices={SOURCES.map((source) => ({ value: source, label: SOURCE_NAMES[source] }))}
        nameOf={(source) => source}
        onChange={(chosen) => set({ source: SOURCES.find((source) => source === chosen) })}
      />
      <label className="check">
        <input type="checkbox" checked={filters.failed === true} onChange={({ target }) => set({ failed: target.checked || undefined })} />
        Only failed
      </label>
      <label className="check">
        <input type="checkbox" checked={filters.before !== "off"} onChange={({ target }) => set({ before: target.checked ? undefined : "off" })} />
        Period before
      </label>
      <Named label="Every">
        {(id) => (
          <select id={id} className="input input--small" value={window.interval} onChange={({ target }) => set({ interval: EVERY.find((every) => every === target.value) })}>
            {EVERY.map((every) => (
              <option key={every} disabled={every === "hour" && !mayBeHours(window)}>
                {every}
              </option>
            ))}
          </select>
        )}
      </Named>
      <Named label="Group by">
        {(id) => (
          <select id={id} className="input input--small" value={filters.by ?? "none"} onChange={({ target }) => set({ by: GROUPS.find((group) => group === target.value && group !== "none") })}>
            {GROUPS.map((group) => (
              <option key={group} value={group}>
                {GROUP_NAMES[group]}
              </option>
            ))}
          </select>
        )}
      </Named>
    </div>
  );
}

function Named({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <span className="row">
      <label className="small t3" htmlFor={id}>
        {label}
      </label>
      {children(id)}
    </span>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string | undefined;
  choices: readonly { value: string; label: string }[];
  nameOf: (value: string) => string;
  onChange: (value: string | undefined) => void;
}

/** What is chosen is shown before the list of choices has come. */
function Choice({ label, all, value, choices, nameOf, onChange }: ChoiceProps) {
  const isListed = value === undefined || choices.some((choice) => choice.value === value);
  return (
    <select className="input input--small" aria-label={label} value={value ?? ""} onChange={({ target }) => onChange(target.value || undefined)}>
      <option value="">{all}</option>
      {!isListed && <option value={value}>{nameOf(value)}</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
