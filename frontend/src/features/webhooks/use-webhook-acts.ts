import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import type { ApiError } from "@/services/http";
import { type Webhook, WEBHOOKS_KEY, type WebhookMade, changeWebhook, deleteWebhook, rotateSecret, testWebhook } from "./api";
import { nameOf } from "./event-kinds";

export interface WebhookActs {
  test: (webhook: Webhook) => void;
  turn: (webhook: Webhook) => void;
  rotate: (webhook: Webhook) => void;
  remove: (webhook: Webhook) => void;
  /** The one that is about to be deleted. */
  removing: Webhook | null;
  reallyRemove: () => void;
  keep: () => void;
  isRemoving: boolean;
  removalError: ApiError | null;
  error: Error | null;
}

interface Asks {
  onSecret: (made: WebhookMade) => void;
  onTest: (webhook: Webhook) => void;
}

/** What a row of webhooks can do. Deleting asks first: the secret and the log go with it. */
export function useWebhookActs({ onSecret, onTest }: Asks): WebhookActs {
  const client = useQueryClient();
  const [removing, setRemoving] = useState<Webhook | null>(null);
  const again = () => client.invalidateQueries({ queryKey: WEBHOOKS_KEY });
  const test = useMutation({
    mutationFn: (webhook: Webhook) => testWebhook(webhook.id),
    onSuccess: async (_, webhook) => {
      onTest(webhook);
      toast(`A test is on its way to ${nameOf(webhook)}.`);
      await again();
    },
  });
  const turn = useMutation({
    mutationFn: ({ id, enabled }: Webhook) => changeWebhook({ id, body: { enabled: !enabled } }),
    onSuccess: async (changed) => {
      await again();
      toast(`${nameOf(changed)} is ${changed.enabled ? "on" : "off"}.`, () => turn.mutate(changed));
    },
  });
  const rotate = useMutation({
    mutationFn: (webhook: Webhook) => rotateSecret(webhook.id),
    onSuccess: async (made) => {
      onSecret(made);
      await again();
    },
  });
  const remove = useMutation({
    mutationFn: (webhook: Webhook) => deleteWebhook(webhook.id),
    onSuccess: async () => {
      setRemoving(null);
      toast("Webhook deleted. Nothing is sent there any more.");
      await again();
    },
  });
  return {
    test: test.mutate,
    turn: turn.mutate,
    rotate: rotate.mutate,
    remove: setRemoving,
    removing,
    reallyRemove: () => removing && remove.mutate(removing),
    keep: () => {
      remove.reset();
      setRemoving(null);
    },
    isRemoving: remove.isPending,
    removalError: remove.error,
    error: test.error ?? turn.error ?? rotate.error,
  };
}
