import { useRouter } from "@tanstack/react-router";
import { versionTable } from "@/components/charts/bar-text";
import { ChartFrame } from "@/components/charts/chart-frame";
import type { OnFollow, Tone } from "@/components/charts/chart-types";
import { VersionChart } from "@/components/charts/version-chart";
import { count, decimal } from "@/lib/format";
import type { Version } from "./api";
import { scoreOf } from "./version-timeline";

const SHOWN = 14;

function toneOf({ verdict, is_active }: Version): Tone {
  if (verdict?.ruling === "regression") return "regression";
  return is_active ? "cand" : "base";
}

/** Scores of the newest versions that were scored, oldest first. */
export function VersionsChart({ versions }: { versions: readonly Version[] }) {
  const router = useRouter();
  const scored = versions.filter((version) => version.last_score !== null).slice(0, SHOWN).toReversed();
  const [first] = scored;
  if (scored.length < 2 || !first) return null;
  const points = scored.map((version) => ({
    name: `v${version.number}`,
    value: null,
    ...scoreOf(version),
    tone: toneOf(version),
    ...(version.labels[0] && { label: version.is_active ? "production" : version.labels[0] }),
    href: `/experiments/${version.last_score?.experiment_id ?? ""}`,
  }));
  const ns = points.map((point) => point.n ?? 0);
  const [least, most] = [Math.min(...ns), Math.max(...ns)];
  const chart = { title: "Score over versions", versions: points, format: decimal };
  const onFollow: OnFollow = (event, href) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    router.history.push(href);
  };
  return (
    <ChartFrame
      title={chart.title}
      foot={<span>Newest finished run of each version, mean and 95 % CI; n={least === most ? count(least) : `${count(least)} to ${count(most)}`}.</span>}
      onFollow={onFollow}
      table={versionTable(chart)}
    >
      <VersionChart {...chart} onFollow={onFollow} />
    </ChartFrame>
  );
}
