import { useQuery } from "@tanstack/react-query";
import { type Change, useStored } from "@/lib/stored";
import { meOptions } from "./api";

/** A choice that this browser keeps for the signed-in person and for nobody else. */
export function useOwn<T>(name: string, read: (raw: unknown) => T): [value: T, change: Change<T>] {
  const { data } = useQuery(meOptions);
  return useStored(`${name}.${data?.user_id ?? "nobody"}`, read);
}
