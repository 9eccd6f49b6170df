import type { Prompt, PromptFilters } from "./api";

export const isFiltered = ({ q, folder, tag, label, owner, unexampled, regressed }: PromptFilters): boolean =>
  [q, folder, tag, label, owner, unexampled, regressed].some((value) => value !== undefined);

/** `support/billing/` → the ways back to it: `support/`, `support/billing/`. */
export function waysTo(folder: string): { name: string; folder: string }[] {
  const parts = folder.split("/").filter((part) => part !== "");
  return parts.map((name, index) => ({ name, folder: `${parts.slice(0, index + 1).join("/")}/` }));
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted((one, other) => one.localeCompare(other));

/** The first few, and always the one that is chosen: it has to show, and to be switched off. */
export const fewOf = (names: readonly string[], most: number, chosen?: string): readonly string[] =>
  names.filter((name, index) => index < most || name === chosen);

/** What the prompts on the page offer to narrow them by; what is chosen is always among it. */
export function choicesIn(prompts: readonly Prompt[], { folder = "", tag, label, owner }: PromptFilters) {
  const below = prompts.flatMap(({ name }) => {
    const rest = name.startsWith(folder) ? name.slice(folder.length) : "";
    const slash = rest.indexOf("/");
    return slash < 0 ? [] : [folder + rest.slice(0, slash + 1)];
  });
  const owned = prompts.map((prompt) => prompt.owner);
  return {
    owners: sorted([...owned, ...(owner ? [owner] : [])]),
    folders: sorted(below),
    tags: sorted([...prompts.flatMap((prompt) => prompt.tags), ...(tag ? [tag] : [])]),
    labels: sorted([...prompts.flatMap((prompt) => prompt.labels.map(({ name }) => name)), ...(label ? [label] : [])]),
  };
}
