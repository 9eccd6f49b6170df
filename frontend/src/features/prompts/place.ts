import { useNavigate, useSearch } from "@tanstack/react-router";

/** What the address of a prompt's page says, and the way to another one of it. */
export function usePlace() {
  const search = useSearch({ from: "/shell/prompts/$" });
  const navigate = useNavigate({ from: "/prompts/$" });
  type Search = typeof search;
  return {
    search,
    go: (next: Search, replace = false) => void navigate({ search: (old) => ({ ...old, ...next }), replace }),
  };
}
