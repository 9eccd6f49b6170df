import { placeClaims } from "@/components/claims/claim-spans";
import { ClaimList } from "@/components/claims/claim-list";
import { Panel } from "@/components/layout/panel";
import { Chip } from "@/components/ui/chip";
import { REASONS, askedOf, judgeSaidOf, saidOf } from "./answer";
import type { Done } from "./use-review-desk";

function Agreement({ agrees }: { agrees: boolean | null }) {
  if (agrees === null) return <Chip>the judge gave no score</Chip>;
  return agrees ? <Chip>the judge said the same</Chip> : <Chip kind="inconclusive">the judge said otherwise: your answer counts against it</Chip>;
}

/** What the judge had said of the item answered last; the next one is on the desk already. */
export function JudgeSaid({ last }: { last: Done | undefined }) {
  const { item, answer, result } = last ?? {};
  const claims = item && result?.judge ? placeClaims(item.output, result.judge.claims) : [];
  return (
    <div role="status" aria-label="The judge's answer to the item before">
      {item && answer && result && (
        <div className="notice">
          <span className="grow stack">
            <span className="row wrap">
              <Agreement agrees={result.agrees} />
              <span>
                You: <b>{saidOf(item.question, answer)}</b> · judge: <b>{judgeSaidOf(item.question, result.judge)}</b>
              </span>
              <span className="t3 review__asked" dir="auto">
                {askedOf(item.input_data).title}
              </span>
            </span>
            {result.judge?.reason && (
              <span className="small t2" dir="auto">
                {result.judge.reason}
              </span>
            )}
            {claims.length > 0 && (
              <details className="fold">
                <summary>What it found in the sources</summary>
                <ClaimList claims={claims} all label="The judge's findings" />
              </details>
            )}
          </span>
        </div>
      )}
    </div>
  );
}

export function DoneTable({ done }: { done: readonly Done[] }) {
  if (done.length === 0) return null;
  return (
    <Panel
      title={`You have done ${done.length}`}
      foot="The judge is shown only after your own answer. One item in ten goes to a second person."
      flush
    >
      <div className="table-wrap" tabIndex={0} role="group" aria-label="Done items, scrolls sideways">
        <table className="table">
          <caption className="sr">Items done in this sitting, the last one first</caption>
          <thead>
            <tr>
              <th scope="col">Asked</th>
              <th scope="col" className="num">
                You
              </th>
              <th scope="col" className="num">
                Judge
              </th>
              <th scope="col">Why it was here</th>
            </tr>
          </thead>
          <tbody>
            {done.toReversed().map(({ item, answer, result }) => (
              <tr key={item.id}>
                <td className="clip">
                  <span className="cut review__asked" dir="auto">
                    {askedOf(item.input_data).title}
                  </span>
                </td>
                <td className="num strong">{answer ? saidOf(item.question, answer) : "skipped"}</td>
                <td className="num">{result ? judgeSaidOf(item.question, result.judge) : <span className="t3">hidden</span>}</td>
                <td className="t2 nowrap">{answer ? REASONS[item.reason] : <span className="t3">hidden</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
