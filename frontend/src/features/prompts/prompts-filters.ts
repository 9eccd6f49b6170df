import type { Prompt, PromptFilters } from "./api";

export const isFiltered = ({ q, folder, tag, label, regressed }: PromptFilters): boolean =>
  [q, folder, tag, label, regressed].some((value) => value !== undefined);

/** `support/billing/` → the ways back to it: `support/`, `support/billing/`. */
export function waysTo(folder: string): { name: string; folder: string }[] {
  const parts = folder.split("/").filter((part) => part !== "");
  return parts.map((name, index) => ({ name, folder: `${parts.slice(0, index + 1).join("/")}/` }));
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted((one, other) => one.localeCompare(other));

/** What the prompts on the page offer to narrow them by; what is chosen is always among it. */
export function choicesIn(prompts: readonly Prompt[], { folder = "", tag, label }: PromptFilters) {
  const below = prompts.flatMap(({ name }) => {
    const rest = name.startsWith(folder) ? name.slice(folder.length) : "";
    const slash = rest.indexOf("/");
    return slash < 0 ? [] : [folder + rest.slice(0, slash + 1)];
  });
  return {
    folders: sorted(below),
    tags: sorted([...prompts.flatMap((prompt) => prompt.tags), ...(tag ? [tag] : [])]),
    labels: sorted([...prompts.flatMap((prompt) => prompt.labels.map(({ name }) => name)), ...(label ? [label] : [])]),
  };
}
