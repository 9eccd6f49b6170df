import { Anchor, ClipboardList, Hourglass, type LucideIcon, ShieldAlert, TrendingDown, Unplug, Wallet } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { buttonClass } from "@/components/ui/button";
import { DeltaValue } from "@/features/verdicts/delta-value";
import type { Schemas } from "@/services/http";
import { useFollow } from "./follow";

type Attention = Schemas["Attention"];

const ICONS: Readonly<Record<Attention["kind"], LucideIcon>> = {
  regression: TrendingDown,
  gate: ShieldAlert,
  circuit: Unplug,
  review: ClipboardList,
  stuck: Hourglass,
  baseline: Anchor,
  budget: Wallet,
};
/** Red only for what is proven, ochre for what is to be decided, slate for work. */
const TONES: Readonly<Record<Attention["severity"], string>> = { regression: "regression", decision: "inconclusive", work: "invalid" };

export function AttentionList({ items }: { items: readonly Attention[] }) {
  return (
    <Panel
      title="Needs you"
      beside={<span className="n">{items.length}</span>}
      tools={
        <Link className="small" to="/settings/$section" params={{ section: "alerts" }}>
          Alerts
        </Link>
      }
      flush
    >
      {items.length > 0 ? (
        <ul className="attention">
          {items.map((item) => (
            <AttentionItem key={`${item.kind} ${item.title}`} item={item} />
          ))}
        </ul>
      ) : (
        <p className="panel__body t2">Regressions, refused versions, budgets that run out, answers to review and experiments that stand still are named here.</p>
      )}
    </Panel>
  );
}

function AttentionItem({ item }: { item: Attention }) {
  const { kind, severity, title, detail, difference, action } = item;
  const follow = useFollow();
  const Icon = ICONS[kind];
  return (
    <li>
      <span className={`verdict verdict--${TONES[severity]}`}>
        <Icon className="icon" aria-hidden="true" />
      </span>
      <div>
        <p>
          <b>{title}</b>
          {kind === "regression" && difference && (
            <>
              {" "}
              <DeltaValue value={difference.value} interval={difference.interval} n={difference.n} lowerIsBetter={difference.direction === "lower"} />
            </>
          )}
        </p>
        <p className="small t2">{detail}</p>
      </div>
      <a className={buttonClass({ small: true })} href={action.url} onClick={(event) => follow(event, action.url)}>
        {action.label}
      </a>
    </li>
  );
}
