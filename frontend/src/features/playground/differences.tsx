import { useDeferredValue, useState, useSyncExternalStore } from "react";
import { UnifiedDiff } from "@/components/diff/word-diff-view";
import { wordDiff } from "@/components/diff/word-diff";
import { Segmented } from "@/components/ui/segmented";
import { type Column, letterOf } from "./state";
import { isRunning } from "./turn";
import { NO_TURNS, type TurnBoard } from "./turn-board";

const FEW = 4;

interface Text {
  name: string;
  text: string;
  isRunning: boolean;
}

interface Pair {
  key: string;
  before: Text;
  after: Text;
}

function pairsOf(outputs: readonly Text[], expected: string): Pair[] {
  const pair = (before: Text, after: Text): Pair => ({ key: `${before.name} ↔ ${after.name}`, before, after });
  const between = outputs.flatMap((before, index) => outputs.slice(index + 1).map((after) => pair(before, after)));
  const wanted = { name: "expected", text: expected, isRunning: false };
  return expected === "" ? between : [...between, ...outputs.map((output) => pair(wanted, output))];
}

function PairChoice({ pairs, value, onChange }: { pairs: readonly Pair[]; value: string; onChange: (key: string) => void }) {
  if (pairs.length === 1) return <span className="n">{value}</span>;
  if (pairs.length <= FEW) return <Segmented label="Pair" options={pairs.map(({ key }) => ({ value: key, label: key }))} value={value} onChange={onChange} />;
  return (
    <select className="input input--small" aria-label="Pair" value={value} onChange={(event) => onChange(event.target.value)}>
      {pairs.map(({ key }) => (
        <option key={key}>{key}</option>
      ))}
    </select>
  );
}

function Words({ before, after }: Omit<Pair, "key">) {
  // the comparison may lag behind the stream; the stream never waits for it
  const [old, now] = [useDeferredValue(before.text), useDeferredValue(after.text)];
  if (old === now) return <p className="t2">Both say the same, word for word.</p>;
  return <UnifiedDiff parts={wordDiff(old, now)} className="read" />;
}

interface DifferencesProps {
  columns: readonly Column[];
  board: TurnBoard;
  expected: string;
}

/** The words in which two outputs differ, or one from the expected. Nothing while there is nothing to compare. */
export function Differences({ columns, board, expected }: DifferencesProps) {
  const [chosen, setChosen] = useState("");
  const turns = useSyncExternalStore(board.subscribe, board.all);
  const outputs = columns.flatMap((column, index): Text[] => {
    const { all, shown } = turns.get(column.id) ?? NO_TURNS;
    const turn = all[shown];
    return turn?.text ? [{ name: letterOf(index), text: turn.text, isRunning: isRunning(turn) }] : [];
  });
  const pairs = pairsOf(outputs, expected);
  const pair = pairs.find(({ key }) => key === chosen) ?? pairs[0];
  if (!pair) return null;
  const growing = [pair.before, pair.after].filter((side) => side.isRunning).map((side) => side.name);
  return (
    <section className="panel" aria-labelledby="playground-differences">
      <div className="panel__head">
        <h2 id="playground-differences">Words that differ</h2>
        <PairChoice pairs={pairs} value={pair.key} onChange={setChosen} />
        {growing.length > 0 && <span className="push small t3">{growing.join(" and ")} is still being written</span>}
      </div>
      <div className="panel__body">
        <Words before={pair.before} after={pair.after} />
      </div>
    </section>
  );
}
