import { Link } from "@tanstack/react-router";
import { Check, MoreHorizontal } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { Time } from "@/components/ui/time";
import { SettingsTable } from "@/features/accounts/settings-table";
import { moment } from "@/lib/format";
import type { Webhook } from "./api";
import { KIND_WORDS, nameOf, placeOf } from "./event-kinds";
import type { WebhookActs } from "./use-webhook-acts";

interface WebhooksTableProps {
  webhooks: readonly Webhook[];
  chosen: string | undefined;
  acts: WebhookActs;
  onEdit: (id: string) => void;
}

const COLUMNS = ["Webhook", "Hears of", "State", "Secret", { name: "Actions", kind: "hidden" }] as const;

const isAhead = (at: string): boolean => Date.parse(at) > Date.now();

export function WebhooksTable({ webhooks, chosen, acts, onEdit }: WebhooksTableProps) {
  return (
    <SettingsTable caption="Webhooks" columns={COLUMNS}>
      {webhooks.map((webhook) => (
        <tr key={webhook.id} aria-selected={webhook.id === chosen || undefined}>
          <td>
            <Link to="/settings/$section" params={{ section: "webhooks" }} search={{ hook: webhook.id }} aria-current={webhook.id === chosen || undefined}>
              {nameOf(webhook)}
            </Link>
            {webhook.description && <span className="small t3 under">{placeOf(webhook.url)}</span>}
          </td>
          <td className="t2 settings__test">{webhook.kinds.length === 0 ? "everything" : webhook.kinds.map((kind) => KIND_WORDS[kind]).join(", ")}</td>
          <td>
            <State webhook={webhook} />
          </td>
          <td className="nowrap">
            <code>…{webhook.secret_hint}</code>
            {webhook.old_secret_until && isAhead(webhook.old_secret_until) && (
              <span className="small t3 under">the old one too, until {moment(webhook.old_secret_until)}</span>
            )}
          </td>
          <td className="right">
            <Menu
              trigger={
                <IconButton small kind="quiet" label={`Actions for ${nameOf(webhook)}`}>
                  <MoreHorizontal className="icon" aria-hidden="true" />
                </IconButton>
              }
            >
              <MenuItem disabled={!webhook.enabled} onSelect={() => acts.test(webhook)}>
                Send a test
              </MenuItem>
              <MenuItem onSelect={() => onEdit(webhook.id)}>Change</MenuItem>
              <MenuItem onSelect={() => acts.turn(webhook)}>{webhook.enabled ? "Switch off" : "Switch on"}</MenuItem>
              <MenuItem onSelect={() => acts.rotate(webhook)}>Rotate secret</MenuItem>
              <MenuLine />
              <MenuItem danger onSelect={() => acts.remove(webhook)}>
                Delete
              </MenuItem>
            </Menu>
          </td>
        </tr>
      ))}
    </SettingsTable>
  );
}

function State({ webhook: { enabled, disabled_at, disabled_because, failing_since } }: { webhook: Webhook }) {
  if (!enabled) {
    return (
      <>
        <Chip kind="invalid">off</Chip>
        <span className="small t3 under">
          {disabled_because} {disabled_at && <Time at={disabled_at} />}
        </span>
      </>
    );
  }
  if (failing_since) return <Chip kind="inconclusive">failing since {moment(failing_since)}</Chip>;
  return (
    <span className="row t2">
      <Check className="icon" aria-hidden="true" />
      on
    </span>
  );
}
