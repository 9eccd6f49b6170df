import { useMutation } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { toast } from "@/components/ui/toast";
import { copyText } from "@/lib/copy-text";
import { keepState } from "./api";
import type { PlaygroundState } from "./state";

/** Keeps all that stands here on the server, and copies the link that brings it back. */
export function Permalink({ state }: { state: PlaygroundState }) {
  const [kept, setKept] = useState<{ url: string; state: PlaygroundState } | null>(null);
  const keep = useMutation({
    mutationFn: keepState,
    onSuccess: async ({ url }, sent) => {
      const whole = new URL(url, window.location.origin).href;
      setKept({ url: whole, state: sent });
      // else the link stands beside the button, to be copied by hand
      if (await copyText(whole)) toast("Link copied. It brings back all that stands here, outputs left out.");
    },
  });
  const isCurrent = kept?.state === state;
  return (
    <>
      {kept && isCurrent ? (
        <span className="row">
          permalink <code>{new URL(kept.url).pathname}</code>
          <CopyButton text={kept.url} label="Copy link" />
        </span>
      ) : (
        <Button small kind="quiet" busy={keep.isPending} onClick={() => keep.mutate(state)}>
          <Link2 className="icon" aria-hidden="true" />
          Copy permalink
        </Button>
      )}
      {keep.error && <span role="alert">{keep.error.detail || keep.error.title}</span>}
    </>
  );
}
