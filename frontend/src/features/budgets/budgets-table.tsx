import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { SettingsTable } from "@/features/accounts/settings-table";
import { decimal } from "@/lib/format";
import type { Budget } from "./api";
import { BudgetBar } from "./budget-bar";
import { BudgetEffect } from "./budget-effect";
import { forecastWords, nameOf, objectOf, percentOf } from "./budget-words";
import type { BudgetActs } from "./use-budget-acts";

interface BudgetsTableProps {
  budgets: readonly Budget[];
  mayChange: boolean;
  acts: BudgetActs;
  onEdit: (id: string) => void;
}

const COLUMNS = ["Budget", "Spent", "Forecast", "At the limit", { name: "Actions", kind: "hidden" }] as const;

export function BudgetsTable({ budgets, mayChange, acts, onEdit }: BudgetsTableProps) {
  return (
    <SettingsTable caption="Budgets" columns={COLUMNS}>
      {budgets.map((budget) => (
        <tr key={budget.id}>
          <td>
            <Whose budget={budget} /> <State budget={budget} />
            <span className="small t3 under nowrap">
              a {budget.period}, {budget.time_zone}
            </span>
          </td>
          <td>
            <BudgetBar budget={budget} />
          </td>
          <td className="settings__test">
            {forecastWords(budget)}
            {budget.forecast && Number(budget.spent_usd) > 0 && <span className="small t3 under">from {decimal(budget.forecast.days, 1)} days so far</span>}
          </td>
          <td className="settings__test">
            <BudgetEffect budget={budget} />
          </td>
          <td className="right">
            {mayChange && (
              <Menu
                trigger={
                  <IconButton small kind="quiet" label={`Actions for ${nameOf(budget)}`}>
                    <MoreHorizontal className="icon" aria-hidden="true" />
                  </IconButton>
                }
              >
                <MenuItem onSelect={() => onEdit(budget.id)}>Change</MenuItem>
                <MenuItem onSelect={() => acts.turn(budget)}>{budget.enabled ? "Switch off" : "Switch on"}</MenuItem>
                <MenuLine />
                <MenuItem danger onSelect={() => acts.remove(budget)}>
                  Delete
                </MenuItem>
              </Menu>
            )}
          </td>
        </tr>
      ))}
    </SettingsTable>
  );
}

function Whose({ budget }: { budget: Budget }) {
  if (budget.scope !== "prompt" || !budget.object_name) return <b>{objectOf(budget)}</b>;
  return (
    <Link to="/prompts/$" params={{ _splat: budget.object_name }}>
      {budget.object_name}
    </Link>
  );
}

function State({ budget: { enabled, state, affected, alert_share } }: { budget: Budget }) {
  if (!enabled) return <Chip kind="tag">off</Chip>;
  if (affected.stopped) return <Chip kind="regression">stopped</Chip>;
  if (state === "exceeded") return <Chip kind="regression">over the limit</Chip>;
  if (state === "alert") return <Chip kind="inconclusive">over {percentOf(alert_share)} %</Chip>;
  return null;
}
