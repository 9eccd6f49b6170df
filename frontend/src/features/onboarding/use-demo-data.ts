import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { loadDemoData } from "@/features/session/api";
import { useLoadDemo } from "@/features/session/use-load-demo";
import { removeDemoData } from "./api";

/** Loading leads to the experiment; removing can be taken back for ten seconds. */
export function useDemoData() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries();
  const load = useLoadDemo();
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
