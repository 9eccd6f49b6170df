import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { PageHeader } from "@/components/layout/page-header";
import type { Choices } from "@/features/comparison/choices";
import { ChooseRuns } from "@/features/comparison/choose-runs";
import { Comparison } from "@/features/comparison/comparison";
import { namedSides } from "@/features/comparison/sides";

export function ComparePage() {
  const { base, with: others, ...choices } = useSearch({ from: "/shell/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const choose = useCallback(
    (next: Choices) => void navigate({ search: (here) => ({ ...here, ...next }), replace: true, resetScroll: false }),
    [navigate],
  );
  const named = namedSides(base, others);
  if (named) return <Comparison key={[named.base, ...named.others].join()} named={named} choices={choices} choose={choose} />;
  const isBad = base !== undefined || others !== undefined;
  return (
    <>
      <PageHeader title="Compare" />
      <ChooseRuns why={isBad ? "The address does not name two runs." : undefined} />
    </>
  );
}
