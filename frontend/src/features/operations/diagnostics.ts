import type { System } from "./api";

/**
 * What may be pasted into a report: named one by one, so that a field added later, which might be
 * a secret, stays out until somebody has thought about it. Names of workers hold host names: left out.
 */
export function diagnostics(system: System, at: Date): string {
  const { version, revision, head, python, started_at, mode, checks, database, disk, active_cases } = system;
  const workers = system.workers?.map(({ last_seen_at, busy, threads }) => ({ last_seen_at, busy, threads })) ?? null;
  return JSON.stringify(
    {
      taken_at: at.toISOString(),
      version,
      revision,
      head,
      python,
      started_at,
      mode,
      checks: Object.fromEntries(Object.entries(checks).map(([name, { status, detail, ms }]) => [name, { status, detail, ms }])),
      workers,
      queues: system.queues.map(({ name, depth }) => ({ name, depth })),
      database: { size_bytes: database.size_bytes, version: database.version },
      disk: disk && { free_bytes: disk.free_bytes, total_bytes: disk.total_bytes },
      active_cases,
      circuits: system.circuits.map(({ name, state }) => ({ name, state })),
    },
    null,
    2,
  );
}
