import { EyeOff } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Kbd } from "@/components/ui/kbd";
import { Notice } from "@/components/ui/notice";
import { useDraft } from "@/lib/draft";
import { type Shortcuts, useShortcuts } from "@/lib/shortcuts";
import { type Answer, BLANK, QUESTIONS, bodyOf, stepsOf } from "./answer";
import type { ReviewItem } from "./api";
import { GradeScale, YesNo } from "./grade-scale";
import type { ReviewDesk } from "./use-review-desk";

interface ReviewFormProps {
  item: ReviewItem;
  desk: ReviewDesk;
}

/** The answer to one item: keys choose, Enter completes. Give it `key={item.id}`. */
export function ReviewForm({ item, desk }: ReviewFormProps) {
  const draft = useDraft<Answer>(`review.${item.id}`, desk.restored ?? BLANK);
  const [isAsking, setAsking] = useState(false);
  const comment = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const answer = draft.value;
  const steps = stepsOf(item.rubric);
  const { isTaken } = desk;
  const set = (part: Partial<Answer>) => {
    setAsking(false);
    draft.set({ ...answer, ...part });
  };
  const complete = () => {
    if (isTaken) desk.leave();
    else if (bodyOf(item.question, answer)) desk.complete(answer, draft.discard);
    else setAsking(true);
  };
  const enter = ({ target }: KeyboardEvent) => {
    const control = target instanceof HTMLElement ? target.closest<HTMLElement>("button, a, summary") : null;
    // Enter is the control's own, but on the answer that is chosen already it goes on
    if (control && control.getAttribute("aria-pressed") !== "true") control.click();
    else complete();
  };
  const choices: Shortcuts =
    item.question === "score"
      ? Object.fromEntries(steps.map(({ value }, place) => [String(place + 1), () => set({ value })]))
      : { y: () => set({ flag: true }), n: () => set({ flag: false }) };
  useShortcuts({
    ...choices,
    c: () => comment.current?.focus(),
    Escape: () => comment.current?.blur(),
    s: desk.skip,
    Enter: enter,
    "mod+Enter": complete,
  });
  return (
    <section className="panel sticky" aria-labelledby={`${id}-head`}>
      <div className="panel__head">
        <h2 id={`${id}-head`}>Your judgement</h2>
        <Chip className="push">
          <EyeOff className="icon" aria-hidden="true" />
          judge hidden until you complete
        </Chip>
      </div>
      <div className="panel__body stack">
        <h3 id={`${id}-question`}>{QUESTIONS[item.question]}</h3>
        {item.question === "score" ? (
          <GradeScale
            steps={steps}
            value={answer.value}
            onChange={(value) => set({ value })}
            inLines={item.rubric !== null}
            labelledBy={`${id}-question`}
          />
        ) : (
          <YesNo value={answer.flag} onChange={(flag) => set({ flag })} labelledBy={`${id}-question`} />
        )}
        <div className="field">
          <label htmlFor={`${id}-comment`}>
            Comment <span className="n">optional, becomes part of the label</span>
          </label>
          <textarea
            ref={comment}
            id={`${id}-comment`}
            className="input"
            rows={2}
            maxLength={5_000}
            placeholder="Press c to write, Esc to leave"
            aria-keyshortcuts="c"
            value={answer.comment}
            onChange={(event) => set({ comment: event.target.value })}
          />
        </div>
        {isAsking && <Notice kind="error">Choose an answer first, then complete.</Notice>}
        {desk.error && (
          <Notice
            kind="error"
            action={
              isTaken && (
                <Button small onClick={desk.leave}>
                  Next item
                </Button>
              )
            }
          >
            {desk.error.detail || desk.error.message}
          </Notice>
        )}
      </div>
      <div className="panel__foot">
        <Button small aria-keyshortcuts="s" disabled={desk.isBusy} onClick={desk.skip}>
          Skip <Kbd>s</Kbd>
        </Button>
        <Button small aria-keyshortcuts="u" disabled={desk.isBusy || desk.done.length === 0} onClick={desk.undo}>
          Undo last <Kbd>u</Kbd>
        </Button>
        <Button kind="primary" className="push" aria-keyshortcuts="Enter" disabled={desk.isBusy} onClick={complete}>
          Complete and next <Kbd>↵</Kbd>
        </Button>
      </div>
    </section>
  );
}
