import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { SettingsTable } from "@/features/accounts/settings-table";
import { day, money } from "@/lib/format";
import { type Override, type Price, createPrice, deletePrice, pricesOptions } from "./api";

const SOURCES: Readonly<Record<Price["source"], string>> = {
  override: "your own",
  listed: "price list",
  local: "runs here, costs nothing",
  unknown: "no list has it",
};
const COLUMNS = ["Model", { name: "In, 1 M tokens", kind: "num" }, { name: "Out, 1 M tokens", kind: "num" }, "Price from", { name: "Actions", kind: "hidden" }] as const;

const dated = (at: string): string => new Date(at).toLocaleDateString("en-GB", { dateStyle: "medium", timeZone: "UTC" });

interface PricesPanelProps {
  mayChange: boolean;
  onPrice: (model: string) => void;
}

/** What each model costs today, where that is known from, and the workspace's own prices by their days. */
export function PricesPanel({ mayChange, onPrice }: PricesPanelProps) {
  const client = useQueryClient();
  const prices = useQuery(pricesOptions);
  const again = () => client.invalidateQueries({ queryKey: pricesOptions.queryKey });
  const restore = useMutation({ mutationFn: createPrice, onSuccess: again });
  const remove = useMutation({
    mutationFn: (own: Override) => deletePrice(own.id),
    onSuccess: async (_, { model, input_usd, output_usd, valid_from }) => {
      await again();
      toast(`Removed the price of ${model} from ${day(valid_from)}.`, () => restore.mutate({ model, input_usd, output_usd, valid_from }));
    },
  });
  const failed = remove.error ?? restore.error;
  return (
    <Panel
      title="Prices"
      beside={<span className="n small">US dollars, today</span>}
      tools={
        mayChange && (
          <Button small onClick={() => onPrice("new")}>
            <Plus className="icon" aria-hidden="true" />
            Set a price
          </Button>
        )
      }
      foot={prices.data && `Lists: ${prices.data.lists}. A price counts from its day on; what was booked before stays. Where no price is known, ${money(prices.data.flat_rate_usd)} for a million tokens, marked as an estimate.`}
      flush
    >
      {failed && <Notice kind="error">{failed.message}</Notice>}
      <QueryStates query={prices} failed="The prices could not be loaded." rows={3}>
        {({ items }) =>
          items.length > 0 ? (
            <SettingsTable caption="Prices" columns={COLUMNS}>
              {items.map((price) => (
                <PriceRows key={price.model} price={price} mayChange={mayChange} onPrice={onPrice} onRemove={remove.mutate} />
              ))}
            </SettingsTable>
          ) : (
            <EmptyState title="No model yet">The models you use and those of the configured providers stand here with what they cost.</EmptyState>
          )
        }
      </QueryStates>
    </Panel>
  );
}

interface PriceRowsProps {
  price: Price;
  mayChange: boolean;
  onPrice: (model: string) => void;
  onRemove: (own: Override) => void;
}

function PriceRows({ price, mayChange, onPrice, onRemove }: PriceRowsProps) {
  const { model, source, overrides } = price;
  return (
    <>
      <tr>
        <td>
          {model}
          {!price.in_use && <span className="small t3 under">not used yet</span>}
        </td>
        <td className="num">{price.input_usd === null ? "unknown" : money(price.input_usd)}</td>
        <td className="num">{price.output_usd === null ? "unknown" : money(price.output_usd)}</td>
        <td className="t2 nowrap">
          {SOURCES[source]}
          {price.priced_at && (
            <span className="small t3 under">
              {source === "override" ? "since" : "as of"} {dated(price.priced_at)}
            </span>
          )}
        </td>
        <td className="right nowrap">
          {mayChange && source !== "local" && (
            <Button small kind="quiet" aria-label={`Set a price for ${model}`} onClick={() => onPrice(model)}>
              Set
            </Button>
          )}
        </td>
      </tr>
      {overrides.map((own) => (
        <tr key={own.id} className="pend">
          <td className="small">
            <span className="t3">from {dated(own.valid_from)}</span>
          </td>
          <td className="num">{money(own.input_usd)}</td>
          <td className="num">{money(own.output_usd)}</td>
          <td className="nowrap">set by {own.created_by}</td>
          <td className="right nowrap">
            {mayChange && (
              <Button small kind="danger" aria-label={`Remove the price of ${model} from ${own.valid_from}`} onClick={() => onRemove(own)}>
                Remove
              </Button>
            )}
          </td>
        </tr>
      ))}
    </>
  );
}
