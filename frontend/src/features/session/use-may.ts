import { useQuery } from "@tanstack/react-query";
import { type Scope, meOptions } from "./api";

/** Whether the signed-in person's role has a scope; false while that is not known. */
export function useMay(scope: Scope): boolean {
  const { data } = useQuery(meOptions);
  return data?.scopes.includes(scope) ?? false;
}
