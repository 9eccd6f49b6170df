import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { ConfirmByName } from "@/features/accounts/confirm-by-name";
import { Secret } from "@/features/accounts/secret";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { moment } from "@/lib/format";
import { type WebhookMade, webhooksOptions } from "./api";
import { DeliveriesPanel } from "./deliveries-panel";
import { nameOf, placeOf } from "./event-kinds";
import { useWebhookActs } from "./use-webhook-acts";
import { VerifyPanel } from "./verify-panel";
import { WebhookSheet } from "./webhook-sheet";
import { WebhooksTable } from "./webhooks-table";

interface WebhooksSectionProps {
  isCreating: boolean;
  /** The webhook whose sheet is open. */
  edited: string | undefined;
  /** Whose deliveries are shown, of which state, and from where on. */
  chosen: string | undefined;
  view: string | undefined;
  cursor: string | undefined;
  onShow: (shown: { hook: string; edit?: string; view?: string | undefined; cursor?: string | undefined }) => void;
  onClose: () => void;
}

export function WebhooksSection({ isCreating, edited, chosen, view, cursor, onShow, onClose }: WebhooksSectionProps) {
  const isAdmin = useMay("admin");
  const webhooks = useQuery({ ...webhooksOptions, enabled: isAdmin });
  const [secrets, setSecrets] = useState<readonly WebhookMade[]>([]);
  const keep = (made: WebhookMade) => setSecrets((before) => [made, ...before]);
  const acts = useWebhookActs({ onSecret: keep, onTest: ({ id }) => onShow({ hook: id }) });
  if (!isAdmin) return <MayNot to="see and make webhooks" />;
  const items = webhooks.data?.items ?? [];
  const shown = items.find(({ id }) => id === chosen) ?? items[0];
  const changed = items.find(({ id }) => id === edited);
  return (
    <>
      <Panel
        title="Webhooks"
        beside={webhooks.data && <span className="n">{webhooks.data.total}</span>}
        foot="A message that fails is tried again, seven times in about 28 hours. An address that takes nothing for a day is switched off, and an alert says so."
        flush
      >
        {secrets.map((made) => (
          <Secret
            key={made.secret}
            title={`${nameOf(made)} has ${made.old_secret_until ? "a new secret" : "its secret"}. Copy it now: it is shown once.`}
            value={made.secret}
            onStored={() => setSecrets((before) => before.filter((one) => one !== made))}
          >
            {made.old_secret_until
              ? `Until ${moment(made.old_secret_until)} messages carry a signature by the old one as well: put the new one in place by then.`
              : "Your receiver verifies with it that a message comes from here."}
          </Secret>
        ))}
        {acts.error && <Notice kind="error">{acts.error.message}</Notice>}
        <QueryStates query={webhooks} failed="The webhooks could not be loaded." rows={3}>
          {(page) =>
            page.items.length > 0 ? (
              <WebhooksTable webhooks={page.items} chosen={shown?.id} acts={acts} onEdit={(id) => onShow({ hook: id, edit: id })} />
            ) : (
              <EmptyState
                title="No webhook yet"
                actions={
                  <ButtonLink kind="primary" to="/settings/$section" params={{ section: "webhooks" }} search={{ new: true }}>
                    Make the first webhook
                  </ButtonLink>
                }
              >
                A webhook tells another program what happens here: a regression, a moved label, a budget that is used up. It carries names and figures, never the text of a prompt.
              </EmptyState>
            )
          }
        </QueryStates>
      </Panel>
      {shown && (
        <DeliveriesPanel key={shown.id} webhook={shown} view={view} cursor={cursor} onTest={() => acts.test(shown)} onShow={(next) => onShow({ hook: shown.id, ...next })} />
      )}
      {shown && <VerifyPanel />}
      {(isCreating || changed) && (
        <WebhookSheet
          key={edited}
          webhook={changed}
          onClose={onClose}
          onMade={(made) => {
            keep(made);
            onShow({ hook: made.id });
          }}
        />
      )}
      {acts.removing && (
        <ConfirmByName
          title="Delete this webhook"
          name={placeOf(acts.removing.url)}
          button="Delete webhook"
          busy={acts.isRemoving}
          error={acts.removalError}
          onConfirm={acts.reallyRemove}
          onClose={acts.keep}
        >
          Its secret and the log of what was sent there go with it. To hear no more for a while, switch it off instead.
        </ConfirmByName>
      )}
    </>
  );
}
