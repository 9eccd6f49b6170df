import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { GitCompareArrows, Info, RotateCcw, UserCheck } from "lucide-react";
import { type ReactNode, useId } from "react";
import { ForestPlot } from "@/components/charts/forest-plot";
import { VerdictGlyph } from "@/components/charts/verdict-glyph";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { dayName, useZone } from "@/features/analytics/zone";
import { difference } from "@/lib/format";
import { type Drift, type Schedule, SCHEDULES_KEY, learnAgain } from "./api";
import { faceOf, runsOf } from "./drift-words";

const NAMES: Readonly<Record<Drift["changes"][number]["of"], string>> = {
  golden: "Golden examples",
  canaries: "Canaries, frozen",
  left: "Left for the version",
};

interface DriftCardProps {
  schedule: Schedule;
  drift: Drift;
  mayChange: boolean;
}

/** What was found, how it is known, and what to do about it. */
export function DriftCard({ schedule, drift, mayChange }: DriftCardProps) {
  const heading = useId();
  const alarm = drift.alarms.at(-1);
  const face = faceOf(drift.state, alarm);
  const cells = 1 + Number(drift.changes.length > 0) + Number(alarm !== undefined);
  return (
    <section className={clsx("verdict-card", `verdict-card--${face.tone}`)} aria-labelledby={heading}>
      <div className={clsx("verdict-card__body", cells === 3 && "verdict-card__body--three", cells === 2 && "verdict-card__body--two")}>
        <div className="verdict-card__cell">
          <h2 id={heading}>
            <span className={`verdict verdict--${face.tone}`}>
              <VerdictGlyph verdict={face.tone} />
              {face.word.toUpperCase()}
            </span>
          </h2>
          <p className="verdict-card__say">{drift.sentence}</p>
          {alarm && <Found drift={drift} alarm={alarm} />}
        </div>
        {drift.changes.length > 0 && <Proof drift={drift} />}
        {alarm && <Repair schedule={schedule} drift={drift} cause={alarm.cause} mayChange={mayChange} />}
      </div>
      <div className="verdict-card__foot">
        <span className="row">
          <Info className="icon" aria-hidden="true" />
          <span>
            {drift.version_number === null
              ? "A finished run brings the first point."
              : `${runsOf(drift)} of v${drift.version_number} on ${drift.model ?? "its model"}, scored by ${drift.evaluator ?? "its evaluator"}.`}
          </span>
        </span>
      </div>
    </section>
  );
}

function Found({ drift, alarm }: { drift: Drift; alarm: Drift["alarms"][number] }) {
  const zone = useZone();
  const after = drift.points.filter(({ at }) => at >= alarm.changed_at && at <= alarm.found_at).length;
  const how = alarm.test === "cusum" ? "the sum of many runs" : "one run against the first";
  return (
    <p className="t2">
      Found on {dayName(alarm.found_at, zone)}, {after} {after === 1 ? "run" : "runs"} after the change, by {how}.
    </p>
  );
}

function Proof({ drift }: { drift: Drift }) {
  const newest = drift.canaries.at(-1);
  return (
    <div className="verdict-card__cell">
      <h3>How we know: the newest run against the first</h3>
      <ForestPlot
        title="Change since the first run"
        format={difference}
        captions={["lower", "higher"]}
        unit="Δ, 95 % CI, n"
        rows={drift.changes.map((change) => ({
          id: change.of,
          label: NAMES[change.of],
          tone: change.of === "canaries" ? ("neutral" as const) : ("cand" as const),
          strong: change.of === "left",
          value: change.difference,
          interval: change.interval as [number, number] | null,
          n: change.n,
        }))}
      />
      {drift.asks_model && (
        <p className="small t2">
          {newest
            ? `Canaries are ${newest.n} stored answers that are judged again every day. Only the judge can move them.`
            : "This judge has no canaries: stored answers that only the judge can move would tell whose change it is."}
        </p>
      )}
    </div>
  );
}

interface RepairProps {
  schedule: Schedule;
  drift: Drift;
  cause: Drift["alarms"][number]["cause"];
  mayChange: boolean;
}

function Repair({ schedule, drift, cause, mayChange }: RepairProps) {
  const client = useQueryClient();
  const learn = useMutation({
    mutationFn: () => learnAgain(schedule.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: SCHEDULES_KEY });
      toast(`${schedule.name} learns anew from its next runs.`);
    },
  });
  const [first, last] = [drift.points.at(0), drift.points.at(-1)];
  return (
    <div className="verdict-card__cell">
      <h3>What repairs it</h3>
      <ul className="checks">
        {cause !== "judge" && first && last && (
          <Step icon={<GitCompareArrows className="icon" aria-hidden="true" />}>
            <Link to="/compare" search={{ base: `${first.experiment_id}:0`, with: [`${last.experiment_id}:0`] }}>
              See which cases broke
            </Link>
          </Step>
        )}
        {cause !== "model" && (
          <Step icon={<UserCheck className="icon" aria-hidden="true" />}>
            <Link to="/evaluations" search={{ tab: "certificates", experiment: last?.experiment_id ?? "" }}>
              Hold the judge against people
            </Link>
          </Step>
        )}
        {mayChange && (
          <Step icon={<RotateCcw className="icon" aria-hidden="true" />}>
            <Button small busy={learn.isPending} onClick={() => learn.mutate()}>
              Watch again from the new level
            </Button>
          </Step>
        )}
      </ul>
      {learn.error && <Notice kind="error">{learn.error.message}</Notice>}
    </div>
  );
}

const Step = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <li>
    <span className="t3">{icon}</span>
    <span>{children}</span>
  </li>
);
