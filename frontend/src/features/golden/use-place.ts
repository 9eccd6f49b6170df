import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** What the tabs of a prompt keep in the address. */
export interface Place {
  q?: string | undefined;
  tag?: string | undefined;
  split?: string | undefined;
  status?: string | undefined;
  source?: string | undefined;
  model?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  v?: number | undefined;
  example?: string | undefined;
  run?: string | undefined;
  cursor?: string | undefined;
  import?: true | undefined;
}

export type Go = (change: Place, replace?: boolean) => void;

export function usePlace(): { place: Place; go: Go } {
  const place: Place = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = useCallback<Go>(
    (change, replace = false) => void navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace, resetScroll: false }),
    [navigate],
  );
  return { place, go };
}
