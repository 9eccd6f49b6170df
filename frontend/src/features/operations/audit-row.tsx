import { ChevronDown, ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { moment } from "@/lib/format";
import type { AuditEvent } from "./api";
import { changesOf } from "./changes";

function Changes({ event }: { event: AuditEvent }) {
  const changes = changesOf(event.before, event.after);
  if (changes.length === 0) return <p className="t2">Nothing else was noted about this act.</p>;
  return (
    <dl className="kv">
      {changes.map((change) => (
        <div key={change.field} className="settings__change">
          <dt>
            <code>{change.field}</code>
          </dt>
          <dd>
            {change.before !== undefined && <del>{change.before}</del>} {change.after !== undefined && <ins>{change.after}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface AuditRowProps {
  event: AuditEvent;
  onObject: (id: string) => void;
}

export function AuditRow({ event, onObject }: AuditRowProps) {
  const [isOpen, setOpen] = useState(false);
  const details = useId();
  const { object_id: object, request_id: request } = event;
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr>
        <td>
          <IconButton
            label={`Details of ${event.number}, ${event.tag}`}
            kind="quiet"
            small
            aria-expanded={isOpen}
            aria-controls={details}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon className="icon" aria-hidden="true" />
          </IconButton>
        </td>
        <td className="num t3">{event.number}</td>
        <td className="t2 nowrap">{moment(event.created_at)}</td>
        <td>{event.actor}</td>
        <td className="nowrap">
          <code>{event.tag}</code>
        </td>
        <td className="t2 nowrap">{event.address ?? "this machine"}</td>
      </tr>
      <tr id={details} hidden={!isOpen}>
        {isOpen && (
          <td colSpan={6}>
            <div className="stack settings__details">
              <Changes event={event} />
              <div className="row wrap small t3">
                {object && (
                  <span className="row">
                    Object <code>{object}</code>
                    <Button small kind="quiet" onClick={() => onObject(object)}>
                      All about it
                    </Button>
                  </span>
                )}
                {request && (
                  <span className="row">
                    Request <code>{request}</code>
                    <CopyButton text={request} label="Copy request id" />
                  </span>
                )}
              </div>
            </div>
          </td>
        )}
      </tr>
    </>
  );
}
