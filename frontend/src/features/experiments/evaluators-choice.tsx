import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { Chip } from "@/components/ui/chip";
import { Choice, toggled } from "./choice";
import { evaluatorsOptions } from "./plan-api";

interface EvaluatorsChoiceProps {
  chosen: readonly string[];
  onChange: (evaluators: string[]) => void;
}

/** The workspace's own judges first, then what is built in. The first one chosen leads. */
export function EvaluatorsChoice({ chosen, onChange }: EvaluatorsChoiceProps) {
  const evaluators = useQuery(evaluatorsOptions);
  return (
    <QueryStates query={evaluators} failed="The evaluators could not be loaded." rows={5}>
      {({ builtIn, judges }) => {
        const own = judges.map((judge) => ({ name: `judge:${judge.name}`, says: judge.description, kind: `judge v${judge.latest_number}`, beside: "asks a model" }));
        const rest = builtIn.map((one) => ({
          name: one.name,
          says: one.summary,
          kind: one.needs_model ? "model" : "code",
          beside: one.needs_model ? "asks a model" : "free",
        }));
        return (
          <div className="choices choices--scroll" role="group" aria-label="Evaluators">
            {[...own, ...rest].map(({ name, says, kind, beside }) => (
              <Choice key={name} checked={chosen.includes(name)} label={name} onChange={(isIn) => onChange(toggled(chosen, name, isIn))} beside={beside}>
                <b>{name}</b>
                <Chip>{kind}</Chip>
                {chosen[0] === name && <Chip kind="label">leads</Chip>}
                <span className="t2">{says}</span>
              </Choice>
            ))}
          </div>
        );
      }}
    </QueryStates>
  );
}
