import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { IconButton } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { count, decimal } from "@/lib/format";
import { type CaseDetail, caseOptions } from "./api";
import { CaseActions } from "./case-actions";
import { CaseFigures } from "./case-figures";
import { CaseOutputs } from "./case-outputs";
import { CaseQuestion } from "./case-question";
import type { Case } from "./cases";
import { type Choices, type Choose, candidateOf } from "./choices";
import { Findings } from "./findings";
import { OwnLabels } from "./own-labels";
import type { Compared } from "./use-comparison";
import { useEscape } from "./use-escape";

interface InspectorProps {
  compared: Compared;
  one: Case;
  /** Place in the list as it is filtered; -1 when it is not in it. */
  place: number;
  listed: number;
  choices: Choices;
  choose: Choose;
  onWalk: (step: 1 | -1) => void;
  onClose: () => void;
  /** Over the page, where there is no room beside the list. */
  asSheet: boolean;
}

/** One case in full, beside the list; the list stays usable. */
export function Inspector({ asSheet, ...props }: InspectorProps) {
  const { one, place, listed, onWalk, onClose } = props;
  useEscape(onClose, !asSheet);
  const name = `Case ${one.number}`;
  const walk = (
    <>
      <IconButton label="Previous case" kind="quiet" small disabled={place === 0} onClick={() => onWalk(-1)}>
        <ChevronUp className="icon" aria-hidden="true" />
      </IconButton>
      <span className="small t3 nowrap">{place < 0 ? "not in the list" : `${count(place + 1)} of ${count(listed)}`}</span>
      <IconButton label="Next case" kind="quiet" small disabled={place === listed - 1} onClick={() => onWalk(1)}>
        <ChevronDown className="icon" aria-hidden="true" />
      </IconButton>
    </>
  );
  if (asSheet) {
    return (
      <Dialog title={name} shape="sheet" className="inspector-sheet" onClose={onClose}>
        <div className="inspector__head">
          <Scores {...props} />
          <span className="push row">{walk}</span>
        </div>
        <Body {...props} />
      </Dialog>
    );
  }
  return (
    <aside className="inspector inspector--case" aria-label={name}>
      <div className="inspector__head">
        <h2 className="nowrap">{name}</h2>
        {one.tags.slice(0, 1).map((tag) => (
          <Chip key={tag} kind="tag" className="wide">
            {tag}
          </Chip>
        ))}
        <Scores {...props} />
        <span className="push row inspector__walk">
          {walk}
          <IconButton label="Close" kind="quiet" small onClick={onClose} aria-keyshortcuts="Escape">
            <X className="icon" aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <Body {...props} />
    </aside>
  );
}

type Inside = Omit<InspectorProps, "asSheet">;

function Scores(props: Inside) {
  const { compared, one, choices } = props;
  const side = candidateOf(compared, choices);
  const [before, after] = [one.cells[0]?.score ?? null, one.cells[side]?.score ?? null];
  return (
    <>
      {before !== null && after !== null && (
        <span className="small nowrap">
          {decimal(before)} → <b>{decimal(after)}</b>
        </span>
      )}
      <DeltaValue value={one.deltas[side - 1]} isFact lowerIsBetter={compared.cases.better === "lower"} missing="not compared" />
    </>
  );
}

function Body(props: Inside) {
  const { compared, one, choices, choose } = props;
  const query = useQuery(caseOptions(compared.named, one.id));
  const side = candidateOf(compared, choices);
  return (
    <>
      {compared.candidates.length > 1 && (
        <div className="inspector__section">
          <div className="row">
            <Segmented
              label="Version looked at"
              options={compared.names.slice(1).map((name, index) => ({ value: String(index + 1), label: name }))}
              value={String(side)}
              onChange={(value) => choose({ side: Number(value) })}
            />
          </div>
        </div>
      )}
      <QueryStates query={query} failed={`Case ${one.number} could not be loaded.`} rows={8}>
        {(detail) => <Told key={`${one.id} ${side}`} detail={detail} side={side} {...{ compared, one, choices, choose }} />}
      </QueryStates>
    </>
  );
}

interface ToldProps {
  detail: CaseDetail;
  side: number;
  compared: Compared;
  one: Case;
  choices: Choices;
  choose: Choose;
}

function Told({ detail, side, compared, one, choices, choose }: ToldProps) {
  const [repeat, setRepeat] = useState(0);
  const [before, after] = [detail.sides[0]?.repeats, detail.sides[side]?.repeats];
  const most = Math.max(before?.length ?? 0, after?.length ?? 0);
  const [base, candidate] = [before?.[repeat], after?.[repeat]];
  const judged = candidate?.evaluations.find((evaluation) => evaluation.is_primary);
  const names = [compared.names[0] ?? "", compared.names[side] ?? ""] as const;
  return (
    <>
      <CaseQuestion example={detail.example} />
      {most > 1 && (
        <div className="inspector__section">
          <div className="row">
            <Segmented
              label="Repeat"
              options={Array.from({ length: most }, (_, index) => ({ value: String(index), label: `Repeat ${index + 1}` }))}
              value={String(repeat)}
              onChange={(value) => setRepeat(Number(value))}
            />
          </div>
        </div>
      )}
      <CaseOutputs {...{ base, candidate, names, choose }} expected={detail.example.expected_output} view={choices.view} />
      <Findings candidate={candidate} context={detail.example.context} judge={detail.judge} />
      <OwnLabels detail={detail} sides={[0, side]} repeat={repeat} names={names} />
      <CaseFigures {...{ one, side, base, candidate }} repeats={after ?? []} />
      {!candidate && (
        <div className="inspector__section">
          <Notice>{names[1]} has not run on this case.</Notice>
        </div>
      )}
      <CaseActions {...{ compared, one, side, candidate, judged }} />
    </>
  );
}
