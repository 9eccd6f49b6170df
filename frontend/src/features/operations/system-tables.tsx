import { Check, CircleAlert, TriangleAlert } from "lucide-react";
import { Panel } from "@/components/layout/panel";
import { EmptyState } from "@/components/layout/states";
import { Time } from "@/components/ui/time";
import { SettingsTable } from "@/features/accounts/settings-table";
import { MISSING, count, duration } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { System } from "./api";
import { CircuitState } from "./circuit-state";

const STATUS: Readonly<Record<Schemas["Status"], { word: string; icon: typeof Check; look: string }>> = {
  ok: { word: "ready", icon: Check, look: "verdict--pass" },
  degraded: { word: "trouble", icon: TriangleAlert, look: "verdict--inconclusive" },
  down: { word: "not working", icon: CircleAlert, look: "verdict--regression" },
};

function CheckState({ status }: { status: Schemas["Status"] }) {
  const { word, icon: Icon, look } = STATUS[status];
  return (
    <span className={`row small ${look}`}>
      <Icon className="icon" aria-hidden="true" />
      {word}
    </span>
  );
}

/** A count the server could not take is not 0. */
const known = (value: number | null) =>
  value === null ? (
    <span className="t3">
      {MISSING}
      <span className="sr">not known</span>
    </span>
  ) : (
    count(value)
  );

function Workers({ workers }: { workers: System["workers"] }) {
  if (!workers?.length)
    return (
      <EmptyState title={workers ? "No worker answers" : "The workers cannot be asked"}>
        Workers run experiments and judge their answers; without one, experiments wait. <code>llmops doctor</code> names what is missing.
      </EmptyState>
    );
  return (
    <SettingsTable caption="Workers" columns={["Worker", { name: "Busy", kind: "num" }, { name: "Can do at once", kind: "num" }, "Last seen"]}>
      {workers.map((worker) => (
        <tr key={worker.name}>
          <td>
            <code>{worker.name}</code>
          </td>
          <td className="num">{known(worker.busy)}</td>
          <td className="num">{known(worker.threads)}</td>
          <td className="t2 nowrap">
            <Time at={worker.last_seen_at} />
          </td>
        </tr>
      ))}
    </SettingsTable>
  );
}

export function SystemTables({ system }: { system: System }) {
  return (
    <>
      <Panel title="Checks" flush>
        <SettingsTable caption="Checks" columns={["Part", "State", "What it says", { name: "Took", kind: "num" }]}>
          {Object.entries(system.checks).map(([name, check]) => (
            <tr key={name}>
              <td>
                <b>{name}</b>
              </td>
              <td>
                <CheckState status={check.status} />
              </td>
              <td className="t2">{check.detail}</td>
              <td className="num">{duration(check.ms)}</td>
            </tr>
          ))}
        </SettingsTable>
      </Panel>
      <Panel title="Workers" beside={system.workers && <span className="n">{system.workers.length}</span>} flush>
        <Workers workers={system.workers} />
      </Panel>
      <div className="half">
        <Panel title="Queues" flush>
          <SettingsTable caption="Queues" columns={["Queue", { name: "Jobs waiting", kind: "num" }]}>
            {system.queues.map((queue) => (
              <tr key={queue.name}>
                <td>{queue.name}</td>
                <td className="num">{known(queue.depth)}</td>
              </tr>
            ))}
          </SettingsTable>
        </Panel>
        <Panel title="Breakers" flush>
          {system.circuits.length > 0 ? (
            <SettingsTable caption="Breakers" columns={["Provider", "State"]}>
              {system.circuits.map((circuit) => (
                <tr key={circuit.name}>
                  <td>{circuit.name}</td>
                  <td>
                    <CircuitState state={circuit.state} />
                  </td>
                </tr>
              ))}
            </SettingsTable>
          ) : (
            <EmptyState title="No provider is configured">A breaker leaves a provider alone for a while when it keeps failing.</EmptyState>
          )}
        </Panel>
      </div>
    </>
  );
}
