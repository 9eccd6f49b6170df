import { Link } from "@tanstack/react-router";
import { bareInterval } from "@/components/charts/chart-text";
import { type Bounds, bucketAt } from "@/components/charts/scale";
import { Sparkline } from "@/components/charts/sparkline";
import { count, money } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { Days } from "./api";
import { Change } from "./change";
import { FIGURES, type FigureKind } from "./figures";
import type { Preset } from "./filters";

type Tile = Schemas["Tile"];

const FACES: Readonly<Record<Tile["key"], { name: string; kind: FigureKind; chart: string }>> = {
  quality: { name: "Production quality", kind: FIGURES.score, chart: "score" },
  hallucination: { name: "Hallucinated claims", kind: FIGURES.hallucination, chart: "hallucination" },
  latency: { name: "p95 latency", kind: FIGURES.latency, chart: "latency" },
  cost: { name: "Cost", kind: FIGURES.cost, chart: "cost" },
  errors: { name: "Failed calls", kind: FIGURES.errors, chart: "errors" },
};
const PRESET: Readonly<Record<Days, Preset>> = { 1: "-24h", 7: "-7d", 30: "-30d" };

interface MetricTileProps {
  tile: Tile;
  days: Days;
  /** When what serves was last changed. */
  movedAt: string | undefined;
}

/** A figure with its interval and n, its change, and its course; without data it says why. */
export function MetricTile({ tile, days, movedAt }: MetricTileProps) {
  const { name, kind, chart } = FACES[tile.key];
  const band = tile.series.map(([, , low, high]): Bounds | null => (low === null || high === null ? null : [low, high]));
  const values = tile.series.map(([, value]) => value); // one alone is no course
  const starts = tile.series.map(([at]) => at);
  const ofServing = tile.key === "quality" || tile.key === "hallucination";
  return (
    <Link className="tile" to="/analytics" search={{ from: PRESET[days] }} hash={chart} title={tile.note}>
      <span className="tile__name">{name}</span>
      {tile.value ? (
        <>
          <Figure tile={tile} kind={kind} />
          <span className="tile__delta">
            <Change
              change={tile.change}
              kind={kind}
              lowerIsBetter={tile.better === "down"}
              missing="nothing before to compare with"
            />
            {isUnproven(tile.change) && " · no change seen"}
          </span>
          <span className="sr">{tile.note}</span>
          {values.filter((value) => value !== null).length > 1 && (
            <Sparkline
              values={values}
              band={band.some((bounds) => bounds !== null) ? band : undefined}
              moveAt={ofServing && movedAt ? bucketAt(starts, movedAt) : null}
            />
          )}
        </>
      ) : (
        <span className="tile__none">{tile.note}</span>
      )}
      {tile.budget && <span className="small t2">{budgetWords(tile.budget)}</span>}
    </Link>
  );
}

/** Of the budget's own period, whatever the page shows. */
const budgetWords = ({ period, state, spent_usd, limit_usd }: NonNullable<Tile["budget"]>) =>
  `${money(spent_usd)} of ${money(limit_usd)} ${period === "day" ? "today" : "this month"}${state === "exceeded" ? ", used up" : ""}`;

const isUnproven = (change: Tile["change"]) =>
  change?.interval !== undefined && change.interval !== null && change.interval[0] <= 0 && change.interval[1] >= 0;

/** A sum is exact and says what it counts; everything else has an interval, or at least its n. */
function Figure({ tile: { key, value, exact }, kind }: { tile: Tile; kind: FigureKind }) {
  if (!value) return null;
  if (key === "cost") {
    return (
      <span className="tile__figure">
        {money(exact)} <small>sum of {count(value.n)} calls</small>
      </span>
    );
  }
  return (
    <span className="tile__figure">
      {kind.format(value.value)}{" "}
      <small>
        {value.interval && `${bareInterval(value.interval, kind.format)}, `}n={count(value.n)}
      </small>
    </span>
  );
}
