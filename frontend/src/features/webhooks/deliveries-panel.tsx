import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { toast } from "@/components/ui/toast";
import { SettingsTable } from "@/features/accounts/settings-table";
import { type DeliveryState, type Webhook, WEBHOOKS_KEY, deliveriesOptions, replayDelivery } from "./api";
import { DeliveryRow } from "./delivery-row";
import { nameOf } from "./event-kinds";

const VIEWS = [
  { value: "all", label: "All" },
  { value: "failed", label: "Failed" },
  { value: "pending", label: "Waiting" },
  { value: "delivered", label: "Delivered" },
] as const;
const COLUMNS = [{ name: "Details", kind: "hidden" }, "When", "Event", "State", "Last answer", { name: "Actions", kind: "hidden" }] as const;

const stateOf = (view: string | undefined): Exclude<DeliveryState, "running"> | undefined =>
  VIEWS.flatMap(({ value }) => (value === "all" ? [] : [value])).find((state) => state === view);

interface DeliveriesPanelProps {
  webhook: Webhook;
  /** Deliveries of this state; all, if it names none. */
  view: string | undefined;
  cursor: string | undefined;
  onTest: () => void;
  onShow: (shown: { view?: string | undefined; cursor?: string | undefined }) => void;
}

/** What was sent there and what came back; each message can be sent again. */
export function DeliveriesPanel({ webhook, view, cursor, onTest, onShow }: DeliveriesPanelProps) {
  const client = useQueryClient();
  const state = stateOf(view);
  const deliveries = useQuery(deliveriesOptions(webhook.id, state, cursor));
  const replay = useMutation({
    mutationFn: replayDelivery,
    onSuccess: async () => {
      toast("It is sent once more, with the same id.");
      await client.invalidateQueries({ queryKey: WEBHOOKS_KEY });
    },
  });
  return (
    <Panel
      title="Deliveries"
      beside={<span className="n small cut">{nameOf(webhook)}</span>}
      tools={
        <Segmented
          label="Deliveries"
          options={VIEWS}
          value={state ?? "all"}
          onChange={(next) => onShow(next === "all" ? {} : { view: next })}
        />
      }
      foot={
        <>
          <span>Newest first. A receiver knows a message it has had by its webhook-id.</span>
          <Pager cursor={cursor} next={deliveries.data?.next_cursor} onPage={(place) => onShow({ view: state, cursor: place })} />
        </>
      }
      flush
    >
      {replay.error && <Notice kind="error">{replay.error.message}</Notice>}
      <QueryStates query={deliveries} failed="The deliveries could not be loaded." rows={4}>
        {({ items }) =>
          items.length > 0 ? (
            <SettingsTable caption="Deliveries" columns={COLUMNS}>
              {items.map((delivery) => (
                <DeliveryRow
                  key={delivery.id}
                  delivery={delivery}
                  mayReplay={webhook.enabled}
                  isReplaying={replay.isPending && replay.variables === delivery.id}
                  onReplay={() => replay.mutate(delivery.id)}
                />
              ))}
            </SettingsTable>
          ) : state ? (
            <EmptyState title="No delivery is in this state" actions={<Button onClick={() => onShow({})}>Show all</Button>}>
              Messages are kept with every attempt and what the receiver answered.
            </EmptyState>
          ) : (
            <EmptyState
              title="Nothing was sent there yet"
              actions={
                webhook.enabled && (
                  <Button onClick={onTest}>
                    <Send className="icon" aria-hidden="true" />
                    Send a test
                  </Button>
                )
              }
            >
              A test goes the way all messages go, and shows here how it went.
            </EmptyState>
          )
        }
      </QueryStates>
    </Panel>
  );
}
