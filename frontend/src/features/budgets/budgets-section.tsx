import { useQuery } from "@tanstack/react-query";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { useMay } from "@/features/session/use-may";
import { budgetsOptions } from "./api";
import { BudgetSheet } from "./budget-sheet";
import { BudgetsTable } from "./budgets-table";
import { PriceSheet } from "./price-sheet";
import { PricesPanel } from "./prices-panel";
import { useBudgetActs } from "./use-budget-acts";

interface BudgetsSectionProps {
  isCreating: boolean;
  /** The budget whose sheet is open. */
  edited: string | undefined;
  /** The model that gets a price, or `new`. */
  priced: string | undefined;
  onOpen: (what: { edit: string } | { price: string }) => void;
  onClose: () => void;
}

export function BudgetsSection({ isCreating, edited, priced, onOpen, onClose }: BudgetsSectionProps) {
  const mayChange = useMay("admin");
  const budgets = useQuery(budgetsOptions);
  const acts = useBudgetActs();
  const changed = budgets.data?.items.find(({ id }) => id === edited);
  return (
    <>
      <Panel
        title="Budgets"
        beside={budgets.data && <span className="n">{budgets.data.total}</span>}
        foot="The tightest first. The tick on a bar is where it tells; a call whose price nobody knows counts by the flat rate below."
        flush
      >
        {acts.error && <Notice kind="error">{acts.error.message}</Notice>}
        <QueryStates query={budgets} failed="The budgets could not be loaded." rows={3}>
          {({ items }) =>
            items.length > 0 ? (
              <BudgetsTable budgets={items} mayChange={mayChange} acts={acts} onEdit={(id) => onOpen({ edit: id })} />
            ) : (
              <EmptyState
                title="No budget yet"
                actions={
                  mayChange && (
                    <ButtonLink kind="primary" to="/settings/$section" params={{ section: "budgets" }} search={{ new: true }}>
                      Make the first budget
                    </ButtonLink>
                  )
                }
              >
                A budget says what the workspace, a prompt or an API key may cost in a day or a month. It tells in good time, and can refuse what does not fit.
              </EmptyState>
            )
          }
        </QueryStates>
      </Panel>
      <PricesPanel mayChange={mayChange} onPrice={(model) => onOpen({ price: model })} />
      {mayChange && (isCreating || changed) && <BudgetSheet key={edited} budget={changed} onClose={onClose} />}
      {mayChange && priced && <PriceSheet model={priced === "new" ? "" : priced} onClose={onClose} />}
    </>
  );
}
