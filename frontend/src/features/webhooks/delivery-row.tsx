import { Check, ChevronDown, ChevronRight, Clock, TriangleAlert } from "lucide-react";
import { useId, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Time } from "@/components/ui/time";
import { duration, moment, plural } from "@/lib/format";
import type { Delivery } from "./api";
import { KIND_WORDS } from "./event-kinds";

type Attempt = Delivery["attempts"][number];

const FACES = {
  pending: { Icon: Clock, word: "waiting", look: "t2" },
  running: { Icon: Clock, word: "being sent", look: "t2" },
  delivered: { Icon: Check, word: "delivered", look: "t2" },
  failed: { Icon: TriangleAlert, word: "failed", look: "verdict--inconclusive" },
} as const;

const codeOf = ({ status_code }: Attempt): string => (status_code === null ? "no answer" : String(status_code));

interface DeliveryRowProps {
  delivery: Delivery;
  mayReplay: boolean;
  isReplaying: boolean;
  onReplay: () => void;
}

export function DeliveryRow({ delivery, mayReplay, isReplaying, onReplay }: DeliveryRowProps) {
  const [isOpen, setOpen] = useState(false);
  const details = useId();
  const { kind, title, state, next_attempt_at: next, attempts, created_at: at } = delivery;
  const last = attempts.at(-1);
  const { Icon, word, look } = FACES[state];
  const Fold = isOpen ? ChevronDown : ChevronRight;
  const isOver = state === "delivered" || state === "failed";
  return (
    <>
      <tr>
        <td>
          <IconButton label={`Attempts of ${KIND_WORDS[kind]}, ${moment(at)}`} kind="quiet" small aria-expanded={isOpen} aria-controls={details} onClick={() => setOpen(!isOpen)}>
            <Fold className="icon" aria-hidden="true" />
          </IconButton>
        </td>
        <td className="t2 nowrap">
          <Time at={at} />
        </td>
        <td className="settings__words">
          {title}
          <span className="small t3 under">{KIND_WORDS[kind]}</span>
        </td>
        <td className="nowrap">
          <span className={`row ${look}`}>
            <Icon className="icon" aria-hidden="true" />
            {word}
          </span>
          {state === "pending" && next && <span className="small t3 under">next <Time at={next} /></span>}
        </td>
        <td className="nowrap">
          {last ? (
            <>
              {codeOf(last)} <span className="t3">in {duration(last.duration_ms)}</span>
              {attempts.length > 1 && <span className="small t3 under">{plural(attempts.length, "attempt")}</span>}
            </>
          ) : (
            <span className="t3">not tried yet</span>
          )}
        </td>
        <td className="right nowrap">
          {isOver && mayReplay && (
            <Button small busy={isReplaying} aria-label={`Replay ${KIND_WORDS[kind]}, ${moment(at)}`} onClick={onReplay}>
              Replay
            </Button>
          )}
        </td>
      </tr>
      {isOpen && (
        <tr id={details}>
          <td colSpan={6}>
            <Attempts delivery={delivery} />
          </td>
        </tr>
      )}
    </>
  );
}

function Attempts({ delivery: { attempts, message_id: id } }: { delivery: Delivery }) {
  return (
    <div className="stack settings__details">
      {attempts.length === 0 && <p className="t2">It was not tried yet.</p>}
      {attempts.map((attempt) => (
        <div key={attempt.at}>
          <p>
            <b>{codeOf(attempt)}</b>{" "}
            <span className="t3">
              {moment(attempt.at)}, {duration(attempt.duration_ms)}
            </span>{" "}
            {attempt.error && <span className="t2">{attempt.error}</span>}
          </p>
          {attempt.answer && (
            <pre className="mono small t2 cut" tabIndex={0} role="group" aria-label="What the receiver answered">
              {attempt.answer}
            </pre>
          )}
        </div>
      ))}
      <p className="row wrap small t3">
        webhook-id <code>{id}</code>
        <CopyButton text={id} label="Copy webhook-id" />
      </p>
    </div>
  );
}
