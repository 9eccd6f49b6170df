import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { type Budget, budgetsOptions, changeBudget, createBudget, deleteBudget } from "./api";
import { likeBefore, nameOf } from "./budget-words";

export interface BudgetActs {
  turn: (budget: Budget) => void;
  remove: (budget: Budget) => void;
  error: Error | null;
}

/** What a row of budgets can do. What was spent is in the cost log: a budget that is brought back counts it again. */
export function useBudgetActs(): BudgetActs {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: budgetsOptions.queryKey });
  const turn = useMutation({
    mutationFn: (budget: Budget) => changeBudget({ id: budget.id, body: { enabled: !budget.enabled } }),
    onSuccess: async (changed) => {
      await again();
      toast(`The budget of ${nameOf(changed)} is ${changed.enabled ? "on" : "off"}.`, () => turn.mutate(changed));
    },
  });
  const restore = useMutation({ mutationFn: (budget: Budget) => createBudget(likeBefore(budget)), onSuccess: again });
  const remove = useMutation({
    mutationFn: (budget: Budget) => deleteBudget(budget.id),
    onSuccess: async (_, budget) => {
      await again();
      toast(`Deleted the budget of ${nameOf(budget)}.`, () => restore.mutate(budget));
    },
  });
  return { turn: turn.mutate, remove: remove.mutate, error: turn.error ?? remove.error ?? restore.error };
}
