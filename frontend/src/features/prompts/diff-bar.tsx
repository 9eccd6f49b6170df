import { ArrowLeftRight } from "lucide-react";
import type { DiffView } from "@/components/diff/diff-rows";
import { IconButton } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { CopyButton } from "@/components/ui/copy-button";
import { Segmented } from "@/components/ui/segmented";
import type { Prompt } from "./api";

const VIEWS = [
  { value: "split", label: "Split" },
  { value: "unified", label: "Unified" },
] as const;

interface DiffBarProps {
  prompt: Prompt;
  /** Versions are numbered from 1 without gaps. */
  newest: number;
  from: number;
  to: number;
  /** The version that `to` follows. */
  previous: number | null;
  view: DiffView;
  hideWhitespace: boolean;
  patch: string | undefined;
  onPair: (from: number, to: number) => void;
  onView: (view: DiffView) => void;
  onWhitespace: (hide: boolean) => void;
}

export function DiffBar({ prompt, newest, from, to, previous, view, hideWhitespace, patch, onPair, onView, onWhitespace }: DiffBarProps) {
  const numbers = Array.from({ length: newest }, (_, index) => newest - index);
  const choices = [...new Set([...numbers, from, to])].toSorted((one, other) => other - one);
  const nameOf = (number: number) => [`v${number}`, ...prompt.labels.filter((label) => label.version_number === number).map(({ name }) => name)].join(" · ");
  const select = (label: string, value: number, onChange: (number: number) => void) => (
    <select className="input" aria-label={label} value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {choices.map((number) => (
        <option key={number} value={number}>
          {nameOf(number)}
        </option>
      ))}
    </select>
  );
  const production = prompt.production?.number;
  return (
    <div className="bar">
      <div className="row">
        {select("From", from, (number) => onPair(number, to))}
        <IconButton label="Swap sides" kind="quiet" onClick={() => onPair(to, from)}>
          <ArrowLeftRight className="icon" aria-hidden="true" />
        </IconButton>
        {select("To", to, (number) => onPair(from, number))}
      </div>
      <div className="filters" role="group" aria-label="Quick targets">
        {previous !== null && (
          <FilterChip pressed={from === previous} onClick={() => onPair(previous, to)}>
            to v{previous}, previous{previous === production && " and production"}
          </FilterChip>
        )}
        {production !== undefined && production !== to && production !== previous && (
          <FilterChip pressed={from === production} onClick={() => onPair(production, to)}>
            to production
          </FilterChip>
        )}
      </div>
      <span className="push row wrap">
        <Segmented label="View" options={VIEWS} value={view} onChange={onView} />
        <label className="check">
          <input type="checkbox" checked={hideWhitespace} onChange={(event) => onWhitespace(event.target.checked)} /> Hide whitespace
        </label>
        {patch && <CopyButton text={patch} label="Copy as patch" wide />}
      </span>
    </div>
  );
}
