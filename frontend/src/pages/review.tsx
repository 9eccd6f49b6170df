import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { PageHeader } from "@/components/layout/page-header";
import { ButtonLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import { deskOptions, standingOptions } from "@/features/review/api";
import { ReviewDesk } from "@/features/review/review-desk";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { count } from "@/lib/format";

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };

function Identity() {
  const { data: standing } = useQuery(standingOptions);
  const { data: desk } = useQuery({ ...deskOptions, enabled: false });
  const until = desk?.item?.lease_until;
  return (
    <>
      {standing && (
        <b>
          {count(standing.done_today)} today, {count(standing.total)} wait
        </b>
      )}
      {until && (
        <>
          <span className="t3">·</span>
          <span>
            held for you until <time dateTime={until}>{new Date(until).toLocaleTimeString("en-GB", TIME)}</time>
          </span>
        </>
      )}
      {standing?.oldest_at && (
        <>
          <span className="t3">·</span>
          <span>oldest: <Time at={standing.oldest_at} /></span>
        </>
      )}
    </>
  );
}

export function ReviewPage() {
  const mayReview = useMay("review");
  return (
    <>
      <PageHeader
        title="Review queue"
        identity={mayReview && <Identity />}
        actions={
          <>
            <span className="small t2 wide row no-touch">
              <kbd>c</kbd> comment <kbd>s</kbd> skip <kbd>?</kbd> all keys
            </span>
            <ButtonLink to="/evaluations" search={{ tab: "queue" }}>
              <X className="icon" aria-hidden="true" />
              Leave
            </ButtonLink>
          </>
        }
      />
      {mayReview ? <ReviewDesk /> : <MayNot who="a moderator, an editor or an admin" to="review outputs" />}
    </>
  );
}
