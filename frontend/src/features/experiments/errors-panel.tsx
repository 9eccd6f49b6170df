import { Panel } from "@/components/layout/panel";
import { LongText } from "@/components/long-text";
import { Button } from "@/components/ui/button";
import { count, plural } from "@/lib/format";
import type { ShownState, Status } from "./api";
import { toldCauses } from "./causes";
import { ended, unscored } from "./progress";

interface ErrorsPanelProps {
  status: Status;
  onShow: (state: ShownState) => void;
}

/** What went wrong, once for each cause, with the one thing that mends it. */
export function ErrorsPanel({ status, onShow }: ErrorsPanelProps) {
  const failed = unscored(status.progress);
  const causes = toldCauses(status);
  const told = causes.reduce((sum, { cases }) => sum + cases, 0);
  if (failed === 0) return null;
  return (
    <Panel title="Errors by cause" beside={<span className="n">{`${count(failed)} of ${count(ended(status.progress))} done`}</span>}>
      <ul className="stack">
        {causes.map((cause) => (
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
        {told < failed && <li className="small t3">{plural(failed - told, "more case")} for rarer causes.</li>}
      </ul>
    </Panel>
  );
}
