import { ago, moment } from "@/lib/format";

interface TimeProps {
  at: string;
  className?: string;
  /** Until when it is counted; else until now. */
  from?: number;
}

/** How long ago or how soon; the moment itself, in the reader's zone, as a title and for readers. */
export function Time({ at, className, from }: TimeProps) {
  return (
    <time className={className} dateTime={at} title={moment(at)}>
      {ago(at, from)}
      <span className="sr">, {moment(at)}</span>
    </time>
  );
}
