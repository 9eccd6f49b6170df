import { useRouter } from "@tanstack/react-router";
import { useCallback, useState } from "react";

/** The one-time token behind the `#`, which browsers send to nobody; `forget` takes it out of the address. */
export function useLinkToken(): { token: string; forget: () => void } {
  const { history } = useRouter();
  const [token] = useState(() => history.location.hash.replace(/^#/, ""));
  const forget = useCallback(() => {
    if (history.location.hash) history.replace(history.location.pathname + history.location.search);
  }, [history]);
  return { token, forget };
}
