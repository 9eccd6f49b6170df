import type { Crumb } from "./top-bar";

/** `support/refunds/answer` as folders that lead to their lists, the name itself last. */
export function promptCrumbs(name: string): Crumb[] {
  const parts = name.split("/");
  return parts.map((part, index) =>
    index === parts.length - 1 ? { name: part } : { name: part, to: "/prompts", search: { folder: `${parts.slice(0, index + 1).join("/")}/` } },
  );
}
