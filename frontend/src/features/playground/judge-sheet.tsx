import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { Dialog } from "@/components/ui/dialog";
import { evaluatorsOptions, judgesOptions } from "./api";

interface ChoiceProps {
  name: string;
  says: string;
  asksModel?: boolean;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function Choice({ name, says, asksModel = false, chosen, onChange }: ChoiceProps) {
  const isOn = chosen.includes(name);
  return (
    <label className="check top">
      <input type="checkbox" checked={isOn} onChange={() => onChange(isOn ? chosen.filter((other) => other !== name) : [...chosen, name])} />
      <span>
        {name} {asksModel && <span className="small t3">asks a model</span>}
        <br />
        <span className="small t2">{says}</span>
      </span>
    </label>
  );
}

interface JudgeSheetProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  onClose: () => void;
}

/** What scores each answer when it has ended. */
export function JudgeSheet({ chosen, onChange, onClose }: JudgeSheetProps) {
  const evaluators = useQuery(evaluatorsOptions);
  const judges = useQuery(judgesOptions);
  return (
    <Dialog title="Score the answers with" shape="sheet" onClose={onClose}>
      <section className="sheet__section">
        <h3>Judges of this workspace</h3>
        <QueryStates query={judges} failed="The judges could not be loaded." rows={2}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="small t2">There are none yet; the built-in evaluators below need no setting up.</p>
            ) : (
              items.map((judge) => <Choice key={judge.id} name={`judge:${judge.name}`} says={judge.description} chosen={chosen} onChange={onChange} />)
            )
          }
        </QueryStates>
      </section>
      <section className="sheet__section">
        <h3>Built-in evaluators</h3>
        <QueryStates query={evaluators} failed="The evaluators could not be loaded.">
          {({ items }) =>
            items.map(({ name, summary, needs_model }) => (
              <Choice key={name} name={name} says={summary} asksModel={needs_model} chosen={chosen} onChange={onChange} />
            ))
          }
        </QueryStates>
      </section>
    </Dialog>
  );
}
