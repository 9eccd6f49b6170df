import { useQuery } from "@tanstack/react-query";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { LongText } from "@/components/long-text";
import { Button } from "@/components/ui/button";
import { count, plural } from "@/lib/format";
import { type ShownState, type Status, errorsOptions } from "./api";
import { byCause } from "./causes";
import { ended, unscored } from "./progress";

interface ErrorsPanelProps {
  status: Status;
  onShow: (state: ShownState) => void;
}

/** What went wrong, once for each cause, with the one thing that mends it. */
export function ErrorsPanel({ status, onShow }: ErrorsPanelProps) {
  const failed = unscored(status.progress);
  const errors = useQuery(errorsOptions(status.experiment_id, failed));
  if (failed === 0) return null;
  return (
    <Panel title="Errors by cause" beside={<span className="n">{`${count(failed)} of ${count(ended(status.progress))} done`}</span>}>
      <QueryStates query={errors} failed="The errors could not be loaded." rows={2}>
        {({ items, total }) => (
          <ul className="stack">
            {byCause(items).map((cause) => (
              <li key={cause.key} className="stack">
                <div className="row">
                  <b>{cause.title}</b>
                  <span className="n">{plural(cause.cases, "case")}</span>
                  <Button small className="push" onClick={() => onShow(cause.state)}>
                    Show
                  </Button>
                </div>
                <p className="small t2">{cause.hint}</p>
                {cause.said && <LongText text={cause.said} limit={200} className="small t3" />}
              </li>
            ))}
            {total > items.length && <li className="small t3">Counted over the first {count(items.length)} of them.</li>}
          </ul>
        )}
      </QueryStates>
    </Panel>
  );
}
