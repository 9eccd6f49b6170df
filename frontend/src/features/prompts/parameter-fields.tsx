import { Field } from "@/components/ui/field";
import type { Content } from "./content";

type Parameters = Content["parameters"];

/** What is one number; the rest of the parameters has fields of its own. */
export const NUMBERS = [
  { key: "temperature", label: "Temperature", short: "temperature", step: "0.1", min: 0 },
  { key: "max_tokens", label: "Max tokens", short: "max", step: "1", min: 1 },
  { key: "top_p", label: "Top p", short: "top p", step: "0.05", min: 0 },
  { key: "seed", label: "Seed", short: "seed", step: "1", min: 0 },
] as const;

/** Without a value the parameter is not there: the model's own default counts. */
export function withParameter<K extends keyof Parameters>(parameters: Parameters, key: K, value: Parameters[K] | undefined): Parameters {
  const { [key]: _, ...rest } = parameters;
  return value === undefined ? rest : { ...rest, [key]: value };
}

const numberIn = (text: string): number | undefined => (text === "" || Number.isNaN(Number(text)) ? undefined : Number(text));

interface ParameterFieldsProps {
  parameters: Parameters;
  onChange: (parameters: Parameters) => void;
}

export function ParameterFields({ parameters, onChange }: ParameterFieldsProps) {
  return (
    <div className="half">
      {NUMBERS.map(({ key, label, step, min }) => (
        <Field key={key} label={label}>
          <input
            className="input"
            type="number"
            inputMode="decimal"
            step={step}
            min={min}
            placeholder="default"
            value={parameters[key] ?? ""}
            onChange={(event) => onChange(withParameter(parameters, key, numberIn(event.target.value)))}
          />
        </Field>
      ))}
    </div>
  );
}
