import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { loadDemoData } from "./api";

/** Leads to what was made; no list goes on saying that there is nothing. */
export function useLoadDemo() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: loadDemoData,
    onSuccess: async (made) => {
      await router.navigate({ href: made.url });
      void client.invalidateQueries();
    },
  });
}
