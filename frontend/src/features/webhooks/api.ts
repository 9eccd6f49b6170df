import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Webhook = Schemas["WebhookRead"];
export type WebhookMade = Schemas["WebhookMade"];
export type Delivery = Schemas["DeliveryRead"];
export type DeliveryState = Schemas["DeliveryState"];
export type Kind = Schemas["WebhookCreate"]["kinds"][number];

const MOST = 50;
const SOON_MS = 20_000;

/** The beginning of every key here. */
export const WEBHOOKS_KEY = ["webhooks"] as const;

export const webhooksOptions = queryOptions({
  queryKey: [...WEBHOOKS_KEY, "list"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/webhooks", { params: { query: { limit: MOST } }, signal })),
});

/** Whether a delivery's fate may be known in a moment. */
const isDue = ({ state, next_attempt_at }: Delivery, now: number): boolean =>
  state === "running" || (state === "pending" && (next_attempt_at === null || Date.parse(next_attempt_at) - now < SOON_MS));

export const deliveriesOptions = (webhook_id: string, state: DeliveryState | undefined, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...WEBHOOKS_KEY, "deliveries", webhook_id, state, cursor],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET("/api/v1/webhooks/{webhook_id}/deliveries", {
          params: { path: { webhook_id }, query: { limit: 20, ...(state && { state }), ...(cursor && { cursor }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.items.some((one) => isDue(one, Date.now())) ? 1_500 : false),
  });

const at = (webhook_id: string) => ({ params: { path: { webhook_id } } });

export const createWebhook = (body: Schemas["WebhookCreate"]) => unwrap(http.POST("/api/v1/webhooks", { body }));

export const changeWebhook = ({ id, body }: { id: string; body: Schemas["WebhookChange"] }) =>
  unwrap(http.PATCH("/api/v1/webhooks/{webhook_id}", { ...at(id), body }));

export const deleteWebhook = (id: string) => unwrap(http.DELETE("/api/v1/webhooks/{webhook_id}", at(id)));
export const rotateSecret = (id: string) => unwrap(http.POST("/api/v1/webhooks/{webhook_id}/rotate-secret", at(id)));
export const testWebhook = (id: string) => unwrap(http.POST("/api/v1/webhooks/{webhook_id}/test", at(id)));

export const replayDelivery = (delivery_id: string) =>
  unwrap(http.POST("/api/v1/webhooks/deliveries/{delivery_id}/replay", { params: { path: { delivery_id } } }));
