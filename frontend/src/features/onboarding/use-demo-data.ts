import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { toast } from "@/components/ui/toast";
import { loadDemoData } from "@/features/session/api";
import { removeDemoData } from "./api";

/** Loading leads to the experiment; removing can be taken back for ten seconds. */
export function useDemoData() {
  const client = useQueryClient();
  const router = useRouter();
  const refresh = () => client.invalidateQueries();
  const load = useMutation({
    mutationFn: loadDemoData,
    onSuccess: async (made) => {
      await router.navigate({ href: made.url });
      void refresh();
    },
  });
  const back = useMutation({
    mutationFn: loadDemoData,
    onSuccess: refresh,
    onError: (error) => toast(`The demo data could not be loaded again. ${error.detail}`),
  });
  const remove = useMutation({
    mutationFn: removeDemoData,
    onSuccess: async () => {
      toast("Removed the demo data", () => back.mutate());
      await refresh();
    },
  });
  return { load, remove };
}
