import { useQuery } from "@tanstack/react-query";
import { type Request, planOptions } from "@/features/experiments/plan-api";
import { useMay } from "@/features/session/use-may";
import { count, duration, money } from "@/lib/format";

interface SavePlanProps {
  prompt: string;
  parent: number;
  rival: number | undefined;
}

/** What the run would take, by its parent's plan: the version itself is not there yet. */
export function SavePlan({ prompt, parent, rival }: SavePlanProps) {
  const mayRun = useMay("run");
  const versions = [...new Set([rival ?? parent, parent])];
  const request: Request = { prompt, experiment_name: "plan", versions, repeats: 1, adaptive: false, cache: true, models: [], evaluators: [], tags: [], golden: {} };
  const { data } = useQuery(planOptions(mayRun && parent > 0 ? request : null));
  if (!data) return null;
  const times = (rival === undefined ? 1 : 2) / versions.length;
  const { calls, cost_usd_estimate: cost, eta_s } = data;
  return (
    <p className="small t2">
      {count(calls * times)} calls, {cost === null ? "price unknown" : `≈ ${money(String(Number(cost) * times))}`}
      {eta_s !== null && `, about ${duration(eta_s * times * 1000)}`}
    </p>
  );
}
