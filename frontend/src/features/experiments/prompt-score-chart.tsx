import { useRouter } from "@tanstack/react-router";
import { versionTable } from "@/components/charts/bar-text";
import { ChartFrame } from "@/components/charts/chart-frame";
import type { OnFollow } from "@/components/charts/chart-types";
import { VersionChart, type VersionPoint } from "@/components/charts/version-chart";
import { decimal } from "@/lib/format";
import type { ScorePoint } from "./prompt-api";

const PRODUCTION = "production";

function pointOf({ version_number, score, experiment_id, labels }: ScorePoint): VersionPoint {
  const isServed = labels.includes(PRODUCTION);
  const label = isServed ? PRODUCTION : labels[0];
  return {
    name: `v${version_number}`,
    value: score.value,
    interval: score.interval,
    n: score.n,
    tone: isServed ? "cand" : "base",
    href: `/experiments/${experiment_id}`,
    ...(label && { label }),
  };
}

/** How each version did; a point leads to the experiment it comes from. */
export function PromptScoreChart({ history }: { history: readonly ScorePoint[] }) {
  const router = useRouter();
  if (history.length === 0) return null;
  const onFollow: OnFollow = (event, href) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    router.history.push(href);
  };
  const chart = { title: "Score over versions", versions: history.map(pointOf), format: decimal };
  return (
    <ChartFrame
      title={chart.title}
      table={versionTable(chart)}
      foot={<span>The newest finished experiment of each version, mean and 95 % interval. Versions of different experiments are compared on the Compare page.</span>}
      onFollow={onFollow}
    >
      <VersionChart {...chart} onFollow={onFollow} />
    </ChartFrame>
  );
}
