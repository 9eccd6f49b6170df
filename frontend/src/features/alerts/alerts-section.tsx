import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Activity, CalendarX, Gavel, type LucideIcon, TrendingDown, Wallet, Webhook } from "lucide-react";
import { Pager } from "@/components/layout/pager";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { toast } from "@/components/ui/toast";
import { Time } from "@/components/ui/time";
import { useFollow } from "@/features/analytics/follow";
import { useMay } from "@/features/session/use-may";
import { KIND_WORDS } from "@/features/webhooks/event-kinds";
import { moment } from "@/lib/format";
import { ALERTS_KEY, type Alert, acknowledgeAlert, alertsOptions } from "./api";
import { ReceiversPanel } from "./receivers-panel";

const VIEWS = [
  { value: "open", label: "Open" },
  { value: "all", label: "All" },
] as const;
const ICONS: Readonly<Partial<Record<Alert["kind"], LucideIcon>>> = {
  "experiment.regressed": TrendingDown,
  "budget.alert": Wallet,
  "budget.exceeded": Wallet,
  "judge.changed": Gavel,
  "schedule.failed": CalendarX,
  "webhook.disabled": Webhook,
};
/** Red only for what is proven or breached, ochre for what is to be decided, slate for work. */
const TONES: Readonly<Partial<Record<Alert["kind"], string>>> = {
  "experiment.regressed": "regression",
  "budget.exceeded": "regression",
  "schedule.failed": "invalid",
  "webhook.disabled": "invalid",
};

interface AlertsSectionProps {
  view: string | undefined;
  cursor: string | undefined;
  onShow: (shown: { view?: string | undefined; cursor?: string | undefined }) => void;
}

export function AlertsSection({ view, cursor, onShow }: AlertsSectionProps) {
  const client = useQueryClient();
  const [mayAcknowledge, isAdmin] = [useMay("write"), useMay("admin")];
  const state = view === "all" ? "all" : "open";
  const alerts = useQuery(alertsOptions(state, cursor));
  const acknowledge = useMutation({
    mutationFn: (alert: Alert) => acknowledgeAlert(alert.id),
    onSuccess: async (done) => {
      await client.invalidateQueries({ queryKey: ALERTS_KEY });
      toast(`Acknowledged: ${KIND_WORDS[done.kind].toLowerCase()}. It stays under All.`);
    },
  });
  return (
    <>
      <Panel
        title="Alerts"
        beside={alerts.data && <span className="n">{alerts.data.total}</span>}
        tools={<Segmented label="Alerts" options={VIEWS} value={state} onChange={(next) => onShow(next === "all" ? { view: next } : {})} />}
        foot={
          <>
            <span>Newest first.</span>
            <Pager cursor={cursor} next={alerts.data?.next_cursor} onPage={(place) => onShow({ ...(state === "all" && { view: state }), cursor: place })} />
          </>
        }
        flush
      >
        {acknowledge.error && <Notice kind="error">{acknowledge.error.message}</Notice>}
        <QueryStates query={alerts} failed="The alerts could not be loaded." rows={4}>
          {({ items }) =>
            items.length > 0 ? (
              <ul className="attention">
                {items.map((alert) => (
                  <Item
                    key={alert.id}
                    alert={alert}
                    mayAcknowledge={mayAcknowledge}
                    isBusy={acknowledge.isPending && acknowledge.variables.id === alert.id}
                    onAcknowledge={() => acknowledge.mutate(alert)}
                  />
                ))}
              </ul>
            ) : (
              <EmptyState title={state === "open" ? "Nothing is open" : "Nothing has called for attention yet"} actions={state === "open" && <Button onClick={() => onShow({ view: "all" })}>Show all</Button>}>
                Regressions, budgets, drift, changed judges, failed schedules and webhooks that were switched off are told here until somebody acknowledges them.
              </EmptyState>
            )
          }
        </QueryStates>
      </Panel>
      {isAdmin && <ReceiversPanel />}
    </>
  );
}

interface ItemProps {
  alert: Alert;
  mayAcknowledge: boolean;
  isBusy: boolean;
  onAcknowledge: () => void;
}

function Item({ alert, mayAcknowledge, isBusy, onAcknowledge }: ItemProps) {
  const follow = useFollow();
  const { kind, title, url, created_at: at, acknowledged_at: done, acknowledged_by: by } = alert;
  const Icon = ICONS[kind] ?? Activity;
  return (
    <li>
      <span className={done ? "t3" : `verdict verdict--${TONES[kind] ?? "inconclusive"}`}>
        <Icon className="icon" aria-hidden="true" />
      </span>
      <div>
        <p>
          <a href={url} onClick={(event) => follow(event, url)}>
            {title}
          </a>
        </p>
        <p className="small t2">
          {KIND_WORDS[kind]}, <Time at={at} />
          {done && `, acknowledged by ${by ?? "somebody"} ${moment(done)}`}
        </p>
      </div>
      {!done && mayAcknowledge && (
        <Button small busy={isBusy} aria-label={`Acknowledge: ${title}`} onClick={onAcknowledge}>
          Acknowledge
        </Button>
      )}
    </li>
  );
}
