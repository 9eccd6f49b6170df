import { Panel } from "@/components/layout/panel";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { ago, bytes, count, moment } from "@/lib/format";
import type { System } from "./api";
import { diagnostics } from "./diagnostics";

interface SystemFactsProps {
  system: System;
  /** When the server said so. */
  at: number;
}

export function SystemFacts({ system, at }: SystemFactsProps) {
  const { disk, database } = system;
  return (
    <Panel
      title="System"
      beside={<span className="n small">asked again every 10 s</span>}
      tools={<CopyButton text={diagnostics(system, new Date(at))} label="Copy diagnostics" wide />}
      foot="The diagnostics hold versions, states and sizes: no keys, and nothing that you wrote."
    >
      <div className="stack">
        {system.revision !== system.head && (
          <Notice kind="warn">
            The database is at <code>{system.revision ?? "no migration"}</code>, the program was written for <code>{system.head}</code>. Run{" "}
            <code>alembic upgrade head</code>.
          </Notice>
        )}
        <dl className="kv">
          <dt>Version</dt>
          <dd>
            {system.version}, Python {system.python}
          </dd>
          <dt>Running since</dt>
          <dd>
            {moment(system.started_at)} <span className="t3">({ago(system.started_at)})</span>
          </dd>
          <dt>Servers</dt>
          <dd>{system.mode === "embedded" ? "its own database and queue, on this machine" : "a database and a queue of your own"}</dd>
          <dt>Schema</dt>
          <dd>
            <code>{system.revision ?? "none"}</code>
          </dd>
          <dt>Database</dt>
          <dd>
            PostgreSQL {database.version}, {bytes(database.size_bytes)}
          </dd>
          <dt>Disk</dt>
          <dd>{disk ? `${bytes(disk.free_bytes)} free of ${bytes(disk.total_bytes)}` : `not known${system.mode === "external" ? ": the database stands elsewhere" : ""}`}</dd>
          <dt>Cases in work</dt>
          <dd>{count(system.active_cases)}</dd>
        </dl>
      </div>
    </Panel>
  );
}
