import { useRouter } from "@tanstack/react-router";
import type { OnFollow } from "@/components/charts/chart-types";

/** Plain addresses inside the dashboard, opened without loading the page again. */
export function useFollow(): OnFollow {
  const router = useRouter();
  return (event, href) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ href });
  };
}
