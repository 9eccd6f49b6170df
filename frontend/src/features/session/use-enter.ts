import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { sessionEnded } from "@/services/session-ended";

/** After a sign-in: nothing that was loaded for somebody else is kept, and the page asked for opens. */
export function useEnter(): (path: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (path) => {
    sessionEnded.clear();
    client.removeQueries({ type: "inactive" });
    router.history.replace(path);
  };
}
