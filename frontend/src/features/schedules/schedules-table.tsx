import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { Sparkline } from "@/components/charts/sparkline";
import { Panel } from "@/components/layout/panel";
import { EmptyState } from "@/components/layout/states";
import { IconButton } from "@/components/ui/button";
import { VersionChip } from "@/components/ui/chip";
import { ButtonLink } from "@/components/ui/link";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { SettingsTable } from "@/features/accounts/settings-table";
import { VerdictGlyph } from "@/components/charts/verdict-glyph";
import { Time } from "@/components/ui/time";
import { money, plural } from "@/lib/format";
import type { Schedule } from "./api";
import { faceOf, whenOf } from "./drift-words";
import type { ScheduleActs } from "./use-schedule-acts";

interface SchedulesTableProps {
  schedules: readonly Schedule[];
  chosen: string | undefined;
  mayChange: boolean;
  acts: ScheduleActs;
}

const COLUMNS = ["Schedule", "When, versions", "CUSUM of falls, dashed: limit", "State", "Next", { name: "A run", kind: "num" }, { name: "Actions", kind: "hidden" }] as const;

/** What runs by the clock, and where each watched version stands. */
export function SchedulesTable({ schedules, chosen, mayChange, acts }: SchedulesTableProps) {
  const on = schedules.filter(({ enabled }) => enabled).length;
  return (
    <Panel title="Schedules" beside={<span className="n">{`${on} on, ${schedules.length - on} off`}</span>} foot="A fall of 2 σ is found in about 4 runs." flush>
      {schedules.length === 0 ? (
        <EmptyState
          title="Nothing runs by the clock yet"
          actions={
            mayChange && (
              <ButtonLink kind="primary" to="/evaluations" search={{ tab: "drift", plan: "new" }}>
                New schedule
              </ButtonLink>
            )
          }
        >
          A schedule runs the golden examples again and again, and tells when a version that nobody changed scores otherwise.
        </EmptyState>
      ) : (
        <SettingsTable caption="Schedules" columns={COLUMNS}>
          {schedules.map((schedule) => (
            <Row key={schedule.id} schedule={schedule} isChosen={schedule.id === chosen} mayChange={mayChange} acts={acts} />
          ))}
        </SettingsTable>
      )}
    </Panel>
  );
}

interface RowProps {
  schedule: Schedule;
  isChosen: boolean;
  mayChange: boolean;
  acts: ScheduleActs;
}

function Row({ schedule, isChosen, mayChange, acts }: RowProps) {
  const { last_run: last, drift } = schedule;
  return (
    <tr aria-selected={isChosen || undefined}>
      <td>
        <Link to="/evaluations" search={{ tab: "drift", schedule: schedule.id }} aria-current={isChosen || undefined}>
          {schedule.name}
        </Link>
        <span className="small t3 under">
          {schedule.prompt_name} {last?.version_number && <VersionChip number={last.version_number} />}
        </span>
      </td>
      <td className="t2 nowrap">
        {whenOf(schedule)}
        <span className="small t3 under">{schedule.versions.map((one) => (/^\d+$/.test(String(one)) ? `v${one}` : one)).join(", ")}</span>
      </td>
      <td className="interval-cell">
        {drift && drift.falls.length > 1 ? (
          <Sparkline values={drift.falls} limit={drift.limit} height={30} label={`CUSUM of falls over ${plural(drift.falls.length, "run")}`} />
        ) : (
          <span className="small t3">{schedule.watch ? "learning what is usual" : "not watched"}</span>
        )}
      </td>
      <td className="nowrap">
        <State schedule={schedule} />
      </td>
      <td className="t2 nowrap">{schedule.next_run_at ? <Time at={schedule.next_run_at} /> : "off"}</td>
      <td className="num">{last?.status ? money(last.cost_usd) : <span className="t3">–</span>}</td>
      <td className="right">{mayChange && <Acts schedule={schedule} acts={acts} />}</td>
    </tr>
  );
}

function State({ schedule }: { schedule: Schedule }) {
  const { drift, last_run: last } = schedule;
  if (last?.state === "failed") {
    return (
      <>
        <span className="verdict verdict--small verdict--invalid">Could not start</span>
        <span className="small t3 under">{last.error}</span>
      </>
    );
  }
  if (!drift) return <span className="t3">{schedule.watch ? "no run yet" : "not watched"}</span>;
  const { cause, direction } = drift;
  const face = faceOf(drift.state, cause && direction ? { cause, direction } : undefined);
  return (
    <>
      <span className={`verdict verdict--small verdict--${face.tone}`}>
        <VerdictGlyph verdict={face.tone} />
        {face.word}
      </span>
      <span className="small t3 under">{plural(drift.runs, "run")}</span>
    </>
  );
}

function Acts({ schedule, acts }: { schedule: Schedule; acts: ScheduleActs }) {
  return (
    <Menu
      trigger={
        <IconButton small kind="quiet" label={`Actions for ${schedule.name}`}>
          <MoreHorizontal className="icon" aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem onSelect={() => acts.run(schedule)}>Run now</MenuItem>
      <MenuItem onSelect={() => acts.edit(schedule)}>Change</MenuItem>
      <MenuItem onSelect={() => acts.turn(schedule)}>{schedule.enabled ? "Switch off" : "Switch on"}</MenuItem>
      <MenuLine />
      <MenuItem danger onSelect={() => acts.remove(schedule)}>
        Delete
      </MenuItem>
    </Menu>
  );
}
